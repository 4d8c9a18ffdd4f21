using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>A request to do something in a room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller; null when no one is signed in.</param>
internal abstract record RoomCommand(Guid RoomId, Person? By);

/// <summary>
/// A command: data that can be sent to the process that owns the room (see <see cref="RoomWire"/>), with the code that runs there. Each
/// command has its own file; <see cref="RoomCommandPipeline"/> runs all of them the same way.
/// </summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller; null when no one is signed in.</param>
internal abstract record RoomCommand<T>(Guid RoomId, Person? By) : RoomCommand(RoomId, By)
{
    /// <summary>The permission that the command needs; null for code on the server, which needs none.</summary>
    internal abstract RoomPermission? Permission { get; }

    /// <summary>The message that the command concerns, whose author or asker the permission may depend on; null for none.</summary>
    internal virtual Guid? SubjectId => null;

    /// <summary>
    /// Whether it counts toward the person's posting rate: it stores as much as a message, or asks a model. Every command counts toward the
    /// rates of commands (see <see cref="PostingRate"/>).
    /// </summary>
    internal virtual bool IsRated => false;

    /// <summary>Whether it is about rights, and so leaves an entry in the audit log. Such commands count toward a rate of their own, too.</summary>
    internal bool IsRecorded => Permission is RoomPermission.ManageMembers or RoomPermission.LeaveRoom or RoomPermission.UseInvite or RoomPermission.AppointOwner or RoomPermission.AdministerRoom
        or RoomPermission.JoinRoom or RoomPermission.ArchiveRoom or RoomPermission.ClearRoom or RoomPermission.DeleteRoom or RoomPermission.BringBack;

    /// <summary>Whether it waits for the room's gate. Stop does not.</summary>
    internal virtual bool WaitsForGate => true;

    /// <summary>Whether it concerns a deleted room, too.</summary>
    internal virtual bool IsOfRemoved => false;

    /// <summary>The error in the command itself, found before anything is looked up; null for none.</summary>
    internal virtual RoomError? Check() => null;

    /// <summary>The result for a person who is over one of their rates.</summary>
    internal virtual Task<Result<T>> RefuseAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        Task.FromResult<Result<T>>(RoomErrors.TooFast);

    /// <summary>Runs the command, authorized and inside the gate: stores first, then tells.</summary>
    internal abstract Task<Result<T>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken);
}
