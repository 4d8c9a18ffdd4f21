using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>Something that somebody wants done in a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who wants it; null when nobody is signed in.</param>
public abstract record RoomCommand(Guid RoomId, Person? By);

/// <summary>
/// A command: data, which can be sent to where the room's owner is (see <see cref="RoomWire"/>), with what it does there. Each is one
/// file; <see cref="RoomCommandPipeline"/> takes every one of them the same way.
/// </summary>
/// <typeparam name="T">What it gives when it is done.</typeparam>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who wants it; null when nobody is signed in.</param>
public abstract record RoomCommand<T>(Guid RoomId, Person? By) : RoomCommand(RoomId, By)
{
    /// <summary>What the authorizer is asked for; null for code on the server, which asks for itself.</summary>
    internal abstract RoomPermission? Permission { get; }

    /// <summary>The message that it concerns, whose author or asker the permission may depend on; null for none.</summary>
    internal virtual Guid? SubjectId => null;

    /// <summary>Whether it counts as posting: it stores as much as a message, or asks a model.</summary>
    internal virtual bool IsRated => false;

    /// <summary>Whether it waits for the room's gate. Stop does not.</summary>
    internal virtual bool WaitsForGate => true;

    /// <summary>What is wrong with the command itself, before anything is looked up; null for nothing.</summary>
    internal virtual RoomError? Check() => null;

    /// <summary>What it gives to somebody who has to wait before they may do more.</summary>
    internal virtual Task<Result<T>> RefuseAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        Task.FromResult<Result<T>>(RoomErrors.TooFast);

    /// <summary>Does it, allowed and within the gate: stores, and then tells.</summary>
    internal abstract Task<Result<T>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken);
}
