using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.Extensions.Options;

namespace BlazorChat.Commands;

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
            return (permission is { } asked ? await AskAsync(asked, null, cancellationToken).ConfigureAwait(false) : null) ?? RoomErrors.NoSuchRoom;
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
