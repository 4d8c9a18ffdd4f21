using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>What people do with answers: stop them, ask for others or for more, decide about their tool calls. Same rules as <see cref="RoomService"/>.</summary>
public sealed partial class ResponseService(
    IRoomAuthorizer authorizer,
    ITurnStore store,
    IRoomStore rooms,
    RoomBroadcaster broadcaster,
    RoomGates gates,
    RunningTurns running,
    ITurnScheduler scheduler,
    IAssistants assistants,
    IResponseRules responseRules,
    StepRecords records,
    PostingRate rate,
    TimeProvider time,
    ILogger<ResponseService> logger)
{
    private static readonly RoomError NoSuchTurn = new(RoomErrorKind.NotFound, "This does not wait any more.");

    /// <summary>
    /// Stops answers of a room at once, without waiting for anything that is being stored. What has come is kept. When
    /// none runs, turns that wait are taken out of the queue instead. Asking twice is asking once: a response that is
    /// ending already is left to end, and what waits behind it goes on.
    /// </summary>
    /// <param name="person">Who stops.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One response, or null for all of the room.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many responses or turns were stopped; 0 when they had ended by themselves.</returns>
    public async Task<Result<int>> StopAsync(Person? person, Guid roomId, Guid? messageId, CancellationToken cancellationToken)
    {
        if (await authorizer.AuthorizeAsync(person, RoomPermission.StopResponse, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        var (found, ended) = running.Stop(roomId, messageId, person!.AsAuthor());
        if (found > 0)
        {
            LogStopped(roomId, ended);
            return ended;
        }

        try
        {
            return messageId is { } id
                ? await WithdrawResponseAsync(roomId, id, person!, cancellationToken).ConfigureAwait(false)
                : await WithdrawAllAsync(roomId, person!, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    /// <summary>Asks for a new response in place of one that failed, was stopped or was interrupted. The old one is kept.</summary>
    /// <returns>The old response, marked.</returns>
    public Task<Result<Message>> RetryAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        AskAgainAsync(person, roomId, messageId, request, store.RetryAsync, cancellationToken);

    /// <summary>Asks for another version of a response, in its place; what it says now is kept as an earlier version.</summary>
    /// <returns>The response as it is until the new version begins.</returns>
    public Task<Result<Message>> RegenerateAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        AskAgainAsync(person, roomId, messageId, request, (room, message, asked, now, token) => store.ReopenAsync(room, message, isRegeneration: true, asked, now, token), cancellationToken);

    /// <summary>Lets a response go on that was cut off by a limit or an interruption.</summary>
    /// <returns>The response as it is until it goes on.</returns>
    public Task<Result<Message>> ContinueAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        AskAgainAsync(person, roomId, messageId, request, (room, message, asked, now, token) => store.ReopenAsync(room, message, isRegeneration: false, asked, now, token), cancellationToken);

    /// <summary>Answers a message once more, after it was edited: its responses are regenerated; when it has none, assistants are asked as for a new message.</summary>
    /// <returns>How many responses were asked for.</returns>
    public async Task<Result<int>> AnswerAgainAsync(Person? person, Guid roomId, Guid questionId, CancellationToken cancellationToken, TurnRequest? request = null)
    {
        if (await authorizer.AuthorizeAsync(person, RoomPermission.RetryResponse, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        try
        {
            if (await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room
                || await rooms.FindMessageAsync(roomId, questionId, cancellationToken).ConfigureAwait(false) is not { Author.Kind: not AuthorKind.Assistant } question)
            {
                return RoomErrors.NoSuchMessage;
            }

            var responses = await rooms.FindResponsesAsync(roomId, questionId, cancellationToken).ConfigureAwait(false);
            if (responses.Count == 0)
            {
                return await AskAsync(person!, room, question, BoundOf(person!, request), cancellationToken).ConfigureAwait(false);
            }

            var asked = 0;
            RoomError? error = null;
            foreach (var responseId in responses)
            {
                var regenerated = await RegenerateAsync(person, roomId, responseId, cancellationToken, request).ConfigureAwait(false);
                error ??= regenerated.Error;
                asked += regenerated.Error is null ? 1 : 0;
            }

            return asked > 0 ? asked : error!;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    /// <summary>Takes one turn that waits out of the queue.</summary>
    /// <returns>The turn.</returns>
    public async Task<Result<Turn>> WithdrawAsync(Person? person, Guid roomId, Guid turnId, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.FindWaitingAsync(roomId, turnId, cancellationToken).ConfigureAwait(false) is not { } turn
                || await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return NoSuchTurn;
            }

            var resource = new AuthorizedResource(roomId) { OwnerId = room.OwnerId, Whose = turn.RequestedBy };
            if (await authorizer.AuthorizeAsync(person, RoomPermission.WithdrawTurn, resource, cancellationToken).ConfigureAwait(false) is { } no)
            {
                return no;
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            return await WithdrawAsync(roomId, turnId, cancellationToken).ConfigureAwait(false) > 0 ? turn : NoSuchTurn;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    /// <summary>What the model was sent in each step of a response; empty when it is not kept (any more).</summary>
    public async Task<Result<IReadOnlyList<SentStep>>> ReadSentAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken)
    {
        if (await authorizer.AuthorizeAsync(person, RoomPermission.ViewRoom, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        try
        {
            return new List<SentStep>(await records.ReadAsync(roomId, messageId, cancellationToken).ConfigureAwait(false));
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    private async Task<Result<Message>> AskAgainAsync(
        Person? person, Guid roomId, Guid messageId, TurnRequest? request,
        Func<Guid, Guid, TurnRequest, DateTimeOffset, CancellationToken, Task<Result<ChangedResponse>>> ask, CancellationToken cancellationToken)
    {
        if (await authorizer.AuthorizeAsync(person, RoomPermission.RetryResponse, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        try
        {
            if (await FindResponseAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } response)
            {
                return RoomErrors.NoSuchResponse;
            }

            // It asks a model, as a message does.
            if (!rate.TryTake(person!.Id))
            {
                return RoomErrors.TooFast;
            }

            if (assistants.Find(response.Author.Id) is null)
            {
                return new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} does not answer on this server any more.");
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            var asked = await ask(roomId, messageId, BoundOf(person, request), time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            return asked.Error is { } error ? error : Tell(roomId, asked.Value);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    // It comes from a browser, and says nothing about who asks.
    private static TurnRequest BoundOf(Person person, TurnRequest? request) =>
        TurnRequests.Bound((request ?? new TurnRequest(person.AsAuthor())) with { RequestedBy = person.AsAuthor() });

    private async Task<Result<int>> AskAsync(Person person, Room room, Message question, TurnRequest request, CancellationToken cancellationToken)
    {
        if (!rate.TryTake(person.Id))
        {
            return RoomErrors.TooFast;
        }

        var asked = 0;
        RoomError? error = null;
        using var gate = await gates.EnterAsync(room.Id, cancellationToken).ConfigureAwait(false);
        foreach (var assistantId in responseRules.Choose(room, question.Text))
        {
            var turn = await store.AskAsync(room.Id, question.Id, assistantId, request, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (turn.Error is { } no)
            {
                error ??= no;
                continue;
            }

            broadcaster.Publish(room.Id, new RoomEvent.TurnQueued(turn.Value));
            scheduler.Schedule(turn.Value);
            asked++;
        }

        return asked == 0 && error is not null ? error : asked;
    }

    private Message Tell(Guid roomId, ChangedResponse changed)
    {
        broadcaster.Publish(roomId, new RoomEvent.MessageChanged(changed.Message));
        if (changed.Queued is { } turn)
        {
            broadcaster.Publish(roomId, new RoomEvent.TurnQueued(turn));
            scheduler.Schedule(turn);
        }

        return changed.Message;
    }

    private async Task<Message?> FindResponseAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        await rooms.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { Author.Kind: AuthorKind.Assistant } response
            ? response
            : null;

    // A response that is about to go on waits in the queue.
    private async Task<Result<int>> WithdrawResponseAsync(Guid roomId, Guid messageId, Person person, CancellationToken cancellationToken)
    {
        using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
        var (found, ended) = running.Stop(roomId, messageId, person.AsAuthor());
        if (found > 0)
        {
            return ended;
        }

        if (await FindResponseAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is null)
        {
            return RoomErrors.NoSuchResponse;
        }

        var queue = await rooms.ReadQueueAsync(roomId, cancellationToken).ConfigureAwait(false);
        return queue.FirstOrDefault(t => t.MessageId == messageId) is { } turn ? await WithdrawAsync(roomId, turn.Id, cancellationToken).ConfigureAwait(false) : 0;
    }

    private async Task<Result<int>> WithdrawAllAsync(Guid roomId, Person person, CancellationToken cancellationToken)
    {
        using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
        // A turn that was just being taken from the queue runs by now.
        var (found, ended) = running.Stop(roomId, null, person.AsAuthor());
        if (found > 0)
        {
            return ended;
        }

        return await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is null
            ? RoomErrors.NoSuchRoom
            : await WithdrawAsync(roomId, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> WithdrawAsync(Guid roomId, Guid? turnId, CancellationToken cancellationToken)
    {
        var (withdrawn, changed) = await store.WithdrawAsync(roomId, null, turnId, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        foreach (var turn in withdrawn)
        {
            broadcaster.Publish(roomId, new RoomEvent.TurnWithdrawn(turn.Id));
        }

        foreach (var message in changed)
        {
            broadcaster.Publish(roomId, new RoomEvent.MessageChanged(message));
        }

        return withdrawn.Count;
    }

    [LoggerMessage(LogLevel.Information, "{Count} answers were stopped in room {RoomId}.")]
    private partial void LogStopped(Guid roomId, int count);

    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId} of answer {MessageId} in room {RoomId}: approved {IsApproved}.")]
    private partial void LogDecided(string toolName, string callId, Guid messageId, Guid roomId, bool isApproved);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid roomId);
}
