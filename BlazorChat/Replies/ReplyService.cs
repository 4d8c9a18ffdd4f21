using BlazorChat.Rooms;

namespace BlazorChat.Replies;

/// <summary>What people do with answers: stop them and ask for new ones. Same rules as <see cref="RoomService"/>.</summary>
public sealed partial class ReplyService(
    IRoomPolicy policy,
    ITurnStore store,
    IRoomStore rooms,
    RoomBroadcaster broadcaster,
    RoomGates gates,
    RunningTurns running,
    IResponders responders,
    PostingRate rate,
    TimeProvider time,
    ILogger<ReplyService> logger)
{
    /// <summary>
    /// Stops answers of a room at once, without waiting for anything that is being stored. What has come is kept. When
    /// none runs, turns that wait are taken out of the queue instead. Asking twice is asking once: an answer that is
    /// ending already is left to end, and what waits behind it goes on.
    /// </summary>
    /// <param name="person">Who stops.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One answer, or null for all of the room.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many answers or turns were stopped; 0 when they had ended by themselves.</returns>
    public async Task<Result<int>> StopAsync(Person? person, Guid roomId, Guid? messageId, CancellationToken cancellationToken)
    {
        if (await policy.DecideAsync(person, RoomAction.StopReply, roomId, cancellationToken).ConfigureAwait(false) is { } no)
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
                ? await FindAnswerAsync(roomId, id, cancellationToken).ConfigureAwait(false) is null ? Refusals.NoSuchAnswer : 0
                : await WithdrawAsync(roomId, person, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    /// <summary>Asks for a new answer in place of one that failed, was stopped or was interrupted. The old one is kept.</summary>
    /// <returns>The old answer, marked.</returns>
    public async Task<Result<Message>> RetryAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken)
    {
        if (await policy.DecideAsync(person, RoomAction.RetryReply, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        try
        {
            if (await FindAnswerAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return Refusals.NoSuchAnswer;
            }

            // A retry asks a model, as a message does.
            if (!rate.TryTake(person!.Id))
            {
                return Refusals.TooFast;
            }

            if (responders.Find(answer.Author.Id) is null)
            {
                return new Refusal(RefusalKind.Conflict, $"{answer.Author.Name} does not answer on this server any more.");
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            var retried = await store.RetryAsync(roomId, messageId, person!.AsAuthor(), time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (retried.Refusal is { } refusal)
            {
                return refusal;
            }

            broadcaster.Publish(roomId, new RoomEvent.MessageChanged(retried.Value.Message));
            if (retried.Value.Queued is { } turn)
            {
                broadcaster.Publish(roomId, new RoomEvent.TurnQueued(turn));
            }

            return retried.Value.Message;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    private async Task<Message?> FindAnswerAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        await rooms.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { Author.Kind: AuthorKind.Assistant } answer
            ? answer
            : null;

    private async Task<Result<int>> WithdrawAsync(Guid roomId, Person person, CancellationToken cancellationToken)
    {
        using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
        // A turn that was just being taken from the queue runs by now.
        var (found, ended) = running.Stop(roomId, null, person.AsAuthor());
        if (found > 0)
        {
            return ended;
        }

        if (await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusals.NoSuchRoom;
        }

        var withdrawn = await store.WithdrawAsync(roomId, null, cancellationToken).ConfigureAwait(false);
        foreach (var turn in withdrawn)
        {
            broadcaster.Publish(roomId, new RoomEvent.TurnWithdrawn(turn.Id));
        }

        return withdrawn.Count;
    }

    [LoggerMessage(LogLevel.Information, "{Count} answers were stopped in room {RoomId}.")]
    private partial void LogStopped(Guid roomId, int count);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid roomId);
}
