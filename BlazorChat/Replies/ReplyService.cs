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
    TimeProvider time,
    ILogger<ReplyService> logger)
{
    private static readonly Refusal NotStored = new(RefusalKind.Unavailable, "This could not be saved just now. Please try again.");

    private static readonly Refusal NoSuchAnswer = new(RefusalKind.NotFound, "There is no such answer in this room, or not any more.");

    /// <summary>
    /// Stops answers of a room at once, without waiting for anything that is being stored. What has come is kept. When
    /// none runs, turns that wait are taken out of the queue instead.
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

        var stopped = running.Stop(roomId, messageId, person!.AsAuthor());
        if (stopped > 0)
        {
            LogStopped(roomId, stopped);
            return stopped;
        }

        try
        {
            if (messageId is { } id)
            {
                return await rooms.FindMessageAsync(roomId, id, cancellationToken).ConfigureAwait(false) is null ? NoSuchAnswer : 0;
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            // A turn that was just being claimed runs by now.
            stopped = running.Stop(roomId, null, person.AsAuthor());
            if (stopped > 0)
            {
                return stopped;
            }

            var withdrawn = await store.WithdrawAsync(roomId, null, cancellationToken).ConfigureAwait(false);
            foreach (var turn in withdrawn)
            {
                broadcaster.Publish(roomId, new RoomEvent.TurnWithdrawn(turn.Id));
            }

            return withdrawn.Count;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return NotStored;
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
            return NotStored;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} answers were stopped in room {RoomId}.")]
    private partial void LogStopped(Guid roomId, int count);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid roomId);
}
