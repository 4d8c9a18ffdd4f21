using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.Extensions.Options;

namespace BlazorChat.Commands;

/// <summary>
/// The owner of all rooms when one process owns them. Every command takes the same steps: check the command, count it against the person's
/// rate, enter the room's gate, authorize with what is stored at that moment, run. A storage failure becomes an error with a message.
/// </summary>
internal sealed partial class RoomCommandPipeline(RoomCommandServices services) : IRoomOwners
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
        using var end = new CancellationTokenSource(RoomLimits.WriteTime, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            return await RunInTimeAsync(command, context, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogStorageFailed(services.Logger, e, command.RoomId);
            return RoomErrors.NotStored;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(services.Logger, e, command.RoomId);
            return RoomErrors.NotStored;
        }
    }

    private async Task<Result<T>> RunInTimeAsync<T>(RoomCommand<T> command, RoomCommandContext context, CancellationToken cancellationToken)
    {
        // Before the gate, so that the rate also bounds what waits there.
        if (command.By is { } person && !services.Rate.TryTake(person.Id, command.IsRated, command.IsRecorded))
        {
            return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } never
                ? never
                : await command.RefuseAsync(context, cancellationToken).ConfigureAwait(false);
        }

        using var gate = command.WaitsForGate ? await services.Gates.EnterAsync(command.RoomId, cancellationToken).ConfigureAwait(false) : null;
        // Inside the gate and with stored data, so that a right lost a moment ago is lost.
        return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RoomError?> AllowAsync<T>(RoomCommand<T> command, RoomCommandContext context, CancellationToken cancellationToken)
    {
        // A command that waits for no gate waits for no database either.
        var error = command is { WaitsForGate: false, Permission: { } permission }
            ? await context.AskAsync(permission, null, cancellationToken).ConfigureAwait(false)
            : command.IsOfRemoved ? await context.AuthorizeRemovedAsync(command.Permission, cancellationToken).ConfigureAwait(false)
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

/// <summary>The services that commands use.</summary>
internal sealed record RoomCommandServices(
    IRoomStore Rooms, RoomBroadcaster Broadcaster, RoomGates Gates, IRoomAuthorizer Authorizer, IPeople People, RoomAccessDirectory Access, IRunningTurns Running,
    ITurnScheduler Scheduler, IResponseRules ResponseRules, IToolPolicy ToolPolicy, PostingRate Rate, TimeProvider Time, IOptions<RoomsOptions> Options, ILogger<RoomCommandPipeline> Logger);

/// <summary>A command in progress: the data that was looked up for it, and the way to change the room.</summary>
internal sealed class RoomCommandContext(RoomCommandServices services, Guid roomId, Person? person)
{
    private Room? _room;

    public Guid RoomId { get; } = roomId;

    public IRoomStore Rooms => services.Rooms;

    public IRunningTurns Running => services.Running;

    public IResponseRules ResponseRules => services.ResponseRules;

    public IToolPolicy ToolPolicy => services.ToolPolicy;

    public IPeople People => services.People;

    public ILogger Logger => services.Logger;

    public DateTimeOffset Now => services.Time.GetUtcNow();

    /// <summary>
    /// The caller as an author, with the name that they have now: an open page may have an earlier one, which may be somebody else's by now.
    /// Only for commands that need a signed-in person.
    /// </summary>
    public Author By => (People.NameOf(person!.Id) is { } name ? person with { Name = name } : person).AsAuthor();

    /// <summary>The room as it was when the command was authorized.</summary>
    public Room Room => _room ?? throw new InvalidOperationException("The room was not looked up.");

    /// <summary>What the caller may do in the room now, as its member or because it is open; null if it does not exist for them.</summary>
    public RoomRole? RoleOfCaller => person is null ? null : services.Access.Find(RoomId)?.RoleOf(person.Id, services.People.StandingOf(person));

    /// <summary>Whether the room is the lobby.</summary>
    public bool IsLobby => services.Access.Find(RoomId) is { IsLobby: true };

    /// <summary>The command's message (see <see cref="RoomCommand{T}.SubjectId"/>) as it was when the command was authorized.</summary>
    public Message? Subject { get; private set; }

    /// <summary>
    /// Looks up what a permission depends on and asks the authorizer. A person who may not see the room never learns whether a message
    /// exists.
    /// </summary>
    /// <returns>Null when allowed.</returns>
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
        if (Subject is null || !IsSeen(Subject))
        {
            Subject = null;
            return await AskAsync(RoomPermission.ViewRoom, null, cancellationToken).ConfigureAwait(false) ?? RoomErrors.NoSuchMessage;
        }

        return permission is { } on ? await AskAsync(on, Subject.Owner, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Whether a message is in the part of the room's history that the caller may see.</summary>
    public bool IsSeen(Message message) => person is null || message.Sequence >= services.Access.SeesFrom(RoomId, person.Id);

    /// <summary>The same for a command that concerns rooms that are deleted, too.</summary>
    public async Task<RoomError?> AuthorizeRemovedAsync(RoomPermission? permission, CancellationToken cancellationToken)
    {
        _room = await Rooms.FindAsync(RoomId, cancellationToken).ConfigureAwait(false);
        return permission is { } wanted ? await AskAsync(wanted, null, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Asks whether the person may do something with what belongs to an owner (see <see cref="Message.Owner"/>).</summary>
    /// <returns>Null when allowed.</returns>
    public async Task<RoomError?> AskAsync(RoomPermission permission, Author? owner, CancellationToken cancellationToken) =>
        await services.Authorizer.AuthorizeAsync(
            person, permission, new AuthorizedResource(RoomId) { Owner = owner }, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Asks whether the person may stop a turn: a response that runs or waits, or what is in the queue. One rule for all of it.
    /// </summary>
    /// <param name="asker">The asker; null if there is none.</param>
    /// <param name="requestedBy">Who had the turn begin; null if that is the asker.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Null when allowed.</returns>
    public async Task<RoomError?> AskToStopAsync(Author? asker, Author? requestedBy, CancellationToken cancellationToken) =>
        await services.Authorizer.AuthorizeAsync(
            person, RoomPermission.StopResponse, new AuthorizedResource(RoomId) { Owner = asker, RequestedBy = requestedBy }, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks whether somebody else may do something in the room now.</summary>
    /// <returns>Null when allowed.</returns>
    public async Task<RoomError?> AskAsync(Person who, RoomPermission permission, CancellationToken cancellationToken) =>
        await services.Authorizer.AuthorizeAsync(who, permission, new AuthorizedResource(RoomId), cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the room's gate, for a command that started without it.</summary>
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => services.Gates.EnterAsync(RoomId, cancellationToken);

    /// <summary>Stops running responses whose asker is gone, once that is stored. Their end is stored after this.</summary>
    /// <param name="running">The responses.</param>
    /// <param name="by">Who ended them by it.</param>
    /// <param name="goneBecause">See <see cref="Leaving.StoppedBecause"/>.</param>
    public void Stop(IEnumerable<Guid> running, Author by, string goneBecause)
    {
        foreach (var id in running)
        {
            Running.Stop(RoomId, id, by, Leaving.StoppedBecause(goneBecause));
        }
    }

    /// <summary>How long removed rooms and messages can be brought back; zero for not at all.</summary>
    public TimeSpan KeepRemovedFor => services.Options.Value.KeepRemovedFor;

    /// <summary>The refusal if the caller's deleted rooms that can be brought back are too many for one more; null otherwise.</summary>
    public RoomError? RefuseToKeepOneMore() => services.Access.CountRemovedBy(person!.Id) >= services.Options.Value.MaxPerPerson
        ? new RoomError(
            RoomErrorKind.Limit,
            $"{services.Options.Value.MaxPerPerson:N0} rooms that you deleted can still be brought back, which is the maximum. Please remove one of them for good first.")
        : null;

    /// <summary>Counts a room that the caller brings back like one that they make.</summary>
    /// <returns>The refusal if that is one too many; null otherwise.</returns>
    public RoomError? TakeRoom() => services.Rate.TryTakeRoom(person!.Id) ? null : RoomErrors.TooManyNewRooms(services.Options.Value.MaxPerPerson);

    /// <summary>The maximum number of messages in a room.</summary>
    public int MaxStoredMessages => services.Options.Value.MaxStoredMessages;

    /// <summary>
    /// Changes the room in one transaction. Once the change is stored, tells viewers and schedules the queued turns; this is where turns
    /// start.
    /// </summary>
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

        foreach (var withdrawn in changed.Events.OfType<RoomEvent.TurnWithdrawn>())
        {
            var messageId = withdrawn.Turn?.MessageId;
            services.Scheduler.Withdraw(withdrawn, changed.Events.OfType<RoomEvent.MessageChanged>().LastOrDefault(e => e.Message.Id == messageId)?.Message);
        }

        return changed.Value;
    }

    /// <summary>Limits the data from the caller's page, which comes from a browser, and sets the asker to the caller.</summary>
    public TurnRequest BoundOf(TurnRequest? request) => TurnRequests.Bound((request ?? new TurnRequest(By)) with { RequestedBy = By });
}
