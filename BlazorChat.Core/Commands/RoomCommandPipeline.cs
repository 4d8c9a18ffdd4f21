using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.Extensions.Options;

namespace BlazorChat.Commands;

/// <summary>
/// The rooms' owner where one process owns all of them, and the way of every command there: checked, counted against the person's rate, let in by the room's gate, allowed by
/// the authorizer with what is stored at that moment, done. What could not be stored is refused with a sentence.
/// </summary>
internal sealed partial class RoomCommandPipeline(RoomCommandServices services, PostingRate rate) : IRoomOwners
{
    /// <inheritdoc />
    public Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken) => services.Broadcaster.OpenAsync(roomId, cancellationToken);

    /// <inheritdoc />
    public async Task<Result<T>> RunAsync<T>(RoomCommand<T> command, CancellationToken cancellationToken)
    {
        if (command.Check() is { } wrong)
        {
            return wrong;
        }

        var context = new RoomCommandContext(services, command.RoomId, command.By);
        try
        {
            // Before the gate: what waits there is bounded by it.
            if (command is { IsRated: true, By: { } person } && !rate.TryTake(person.Id))
            {
                return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } never
                    ? never
                    : await command.RefuseAsync(context, cancellationToken).ConfigureAwait(false);
            }

            using var gate = command.WaitsForGate ? await services.Gates.EnterAsync(command.RoomId, cancellationToken).ConfigureAwait(false) : null;
            // Within the gate, with what is stored: a right that was lost a moment ago is lost.
            return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } no
                ? no
                : await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(services.Logger, e, command.RoomId);
            return RoomErrors.NotStored;
        }
    }

    private async Task<RoomError?> AllowAsync<T>(RoomCommand<T> command, RoomCommandContext context, CancellationToken cancellationToken)
    {
        // What waits for no gate waits for no database either.
        var error = command is { WaitsForGate: false, Permission: { } permission }
            ? await context.AskAsync(permission, null, cancellationToken).ConfigureAwait(false)
            : await context.AuthorizeAsync(command.Permission, command.SubjectId, cancellationToken).ConfigureAwait(false);
        if (error is { Kind: RoomErrorKind.Forbidden })
        {
            LogRefused(services.Logger, command.Permission, command.RoomId);
        }

        return error;
    }

    [LoggerMessage(LogLevel.Warning, "{Permission} in room {RoomId} was refused.")]
    private static partial void LogRefused(ILogger logger, RoomPermission? permission, Guid roomId);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private static partial void LogStorageFailed(ILogger logger, Exception exception, Guid roomId);
}

/// <summary>What commands work with, the same for all.</summary>
internal sealed record RoomCommandServices(
    IRoomStore Rooms, RoomBroadcaster Broadcaster, RoomGates Gates, IRoomAuthorizer Authorizer, IRunningTurns Running,
    ITurnScheduler Scheduler, IResponseRules ResponseRules, TimeProvider Time, IOptions<RoomsOptions> Options, ILogger<RoomCommandPipeline> Logger);

/// <summary>One command on its way: what was looked up for it, and how it tells what it did.</summary>
internal sealed class RoomCommandContext(RoomCommandServices services, Guid roomId, Person? person)
{
    private Room? _room;

    public Guid RoomId { get; } = roomId;

    public IRoomStore Rooms => services.Rooms;

    public IRunningTurns Running => services.Running;

    public IResponseRules ResponseRules => services.ResponseRules;

    public ILogger Logger => services.Logger;

    public DateTimeOffset Now => services.Time.GetUtcNow();

    /// <summary>Who wants it, as an author. Only for commands that somebody signed in may do.</summary>
    public Author By => person!.AsAuthor();

    /// <summary>The room as it was when the authorizer was asked.</summary>
    public Room Room => _room ?? throw new InvalidOperationException("The room was not looked up.");

    /// <summary>The command's message (see <see cref="RoomCommand{T}.SubjectId"/>) as it was then.</summary>
    public Message? Subject { get; private set; }

    /// <summary>Looks up what a permission depends on, and asks. Nothing says that a message exists to somebody who may not see the room.</summary>
    /// <returns>Null for yes.</returns>
    public async Task<RoomError?> AuthorizeAsync(RoomPermission? permission, Guid? subjectId, CancellationToken cancellationToken)
    {
        _room = await Rooms.FindAsync(RoomId, cancellationToken).ConfigureAwait(false);
        if (_room is null)
        {
            return (permission is null ? null : await AskAsync(RoomPermission.ViewRoom, null, cancellationToken).ConfigureAwait(false)) ?? RoomErrors.NoSuchRoom;
        }

        if (subjectId is not { } id)
        {
            return permission is { } wanted ? await AskAsync(wanted, null, cancellationToken).ConfigureAwait(false) : null;
        }

        Subject = await Rooms.FindMessageAsync(RoomId, id, cancellationToken).ConfigureAwait(false);
        if (Subject is null)
        {
            return await AskAsync(RoomPermission.ViewRoom, null, cancellationToken).ConfigureAwait(false) ?? RoomErrors.NoSuchMessage;
        }

        return permission is { } on ? await AskAsync(on, Subject.Owner, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Asks whether the person may do something to what is somebody's (see <see cref="Message.Owner"/>).</summary>
    /// <returns>Null for yes.</returns>
    public async Task<RoomError?> AskAsync(RoomPermission permission, Author? owner, CancellationToken cancellationToken) =>
        await services.Authorizer.AuthorizeAsync(
            person, permission, new AuthorizedResource(RoomId) { RoomOwnerId = _room?.OwnerId, Owner = owner }, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the room's gate, for a command that began without it.</summary>
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => services.Gates.EnterAsync(RoomId, cancellationToken);

    /// <summary>The most messages that a room keeps.</summary>
    public int MaxStoredMessages => services.Options.Value.MaxStoredMessages;

    /// <summary>Changes the room in one transaction and, when it is stored, tells what happened and has queued turns begin when it is their time: this is where turns start.</summary>
    public async Task<Result<T>> ChangeAsync<T>(Func<IRoomChange, CancellationToken, Task<Result<T>>> change, CancellationToken cancellationToken)
    {
        var changed = await Rooms.ChangeAsync(RoomId, change, cancellationToken).ConfigureAwait(false);
        foreach (var roomEvent in changed.Events)
        {
            services.Broadcaster.Publish(RoomId, roomEvent);
        }

        foreach (var queued in changed.Events.OfType<RoomEvent.TurnQueued>())
        {
            services.Scheduler.Schedule(queued.Turn);
        }

        return changed.Value;
    }

    /// <summary>What a turn knows of the person's page: it comes from a browser, and says nothing about who asks.</summary>
    public TurnRequest BoundOf(TurnRequest? request) => TurnRequests.Bound((request ?? new TurnRequest(By)) with { RequestedBy = By });
}
