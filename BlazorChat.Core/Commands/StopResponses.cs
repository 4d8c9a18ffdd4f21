using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Stops responses of a room at once, without waiting for writes in progress; their text so far is kept. If none is running, responses that
/// wait for people or are about to resume are ended instead, and waiting turns are taken out of the queue. Of all of these, only those that the
/// person may stop. Repeating the command is safe: a response that is already
/// ending ends, and the turns behind it go on. Returns the number of responses or turns stopped; 0 when they had already ended.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="MessageId">One response, or null for all of the room.</param>
internal sealed record StopResponses(Guid RoomId, Person? By, Guid? MessageId) : RoomCommand<int>(RoomId, By)
{
    // Everyone who sees the room sees what runs and waits. Whether they may stop it depends on whose it is, and is asked below.
    internal override RoomPermission? Permission => RoomPermission.ViewRoom;

    internal override bool WaitsForGate => false;

    internal override async Task<Result<int>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (await StopRunningAsync(context, cancellationToken).ConfigureAwait(false) is { } stopped)
        {
            return stopped;
        }

        using var gate = await context.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (await context.AuthorizeAsync(Permission, MessageId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        if (context.Subject is { Author.Kind: not AuthorKind.Assistant })
        {
            return RoomErrors.NoSuchResponse;
        }

        // Without a response to ask about: whether they could stop one of their own.
        var (owner, requestedBy) = context.Subject is { } subject ? (subject.Owner, subject.Metadata?.RequestedBy) : (context.By, null);
        if (await context.AskToStopAsync(owner, requestedBy, cancellationToken).ConfigureAwait(false) is { } notTheirs)
        {
            return notTheirs;
        }

        // A turn that was just leaving the queue is running by now.
        return await StopRunningAsync(context, cancellationToken).ConfigureAwait(false)
            ?? await EndWaitingAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null if none is running.</returns>
    private async Task<Result<int>?> StopRunningAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var (stopped, allowed) = (0, 0);
        RoomError? error = null;
        foreach (var running in context.Running.Find(RoomId, MessageId))
        {
            if (await context.AskToStopAsync(running.Owner, running.RequestedBy, cancellationToken).ConfigureAwait(false) is { } no)
            {
                error = no;
            }
            else
            {
                var (found, ended) = context.Running.Stop(RoomId, running.MessageId, context.By);
                (stopped, allowed) = (stopped + ended, allowed + found);
            }
        }

        if (allowed > 0)
        {
            CommandLog.ResponsesStopped(context.Logger, RoomId, stopped);
            return stopped;
        }

        return error is null ? (Result<int>?)null : (Result<int>)error;
    }

    private async Task<Result<int>> EndWaitingAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        RoomError? error = null;
        var stopped = await context.ChangeAsync<int>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            var allowed = new HashSet<Guid>();
            foreach (var turn in queue.Turns.Where(t => t.Status != TurnStatus.Running && (MessageId is null || t.MessageId == MessageId)).ToList())
            {
                var response = turn.MessageId is { } id ? await change.FindMessageAsync(id, token).ConfigureAwait(false) : null;
                if (await WithdrawTurn.AskAsync(context, turn, response, change.FindMessageAsync, token).ConfigureAwait(false) is { } no)
                {
                    error = no;
                }
                else if (response is { Status: MessageStatus.AwaitingPeople or MessageStatus.Recovering })
                {
                    change.SaveAndTell(TurnTransitions.Stop(response, context.By, $"Not finished: {Names.Quoted(context.By.Name)} stopped the answer.", context.Now));
                    queue.End(turn, context.By);
                }
                else
                {
                    allowed.Add(turn.Id);
                }
            }

            queue.Withdraw(t => allowed.Contains(t.Id), TurnQueue.TakenOut(context.By));
            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            return queue.Withdrawn.Count;
        }, cancellationToken).ConfigureAwait(false);
        return stopped is { Error: null, Value: 0 } && error is not null ? error : stopped;
    }
}
