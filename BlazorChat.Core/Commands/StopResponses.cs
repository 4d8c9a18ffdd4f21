using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Stops responses of a room at once, without waiting for writes in progress; their text so far is kept. If none is running, responses that
/// wait for people or are about to resume are ended instead, and waiting turns are taken out of the queue, as far as the person may
/// withdraw them. Repeating the command is safe: a response that is already
/// ending ends, and the turns behind it go on. Returns the number of responses or turns stopped; 0 when they had already ended.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="MessageId">One response, or null for all of the room.</param>
internal sealed record StopResponses(Guid RoomId, Person? By, Guid? MessageId) : RoomCommand<int>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.StopResponse;

    internal override bool WaitsForGate => false;

    internal override async Task<Result<int>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var (found, ended) = context.Running.Stop(RoomId, MessageId, context.By);
        if (found > 0)
        {
            CommandLog.ResponsesStopped(context.Logger, RoomId, ended);
            return ended;
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

        // A turn that was just leaving the queue is running by now.
        (found, ended) = context.Running.Stop(RoomId, MessageId, context.By);
        return found > 0 ? ended : await EndWaitingAsync(context, cancellationToken).ConfigureAwait(false);
    }

    // Whoever may stop a response may also stop it while it waits. Of the queue, Stop withdraws only turns that the person may withdraw.
    private async Task<Result<int>> EndWaitingAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var waiting = await context.Rooms.ReadQueueAsync(RoomId, cancellationToken).ConfigureAwait(false);
        var allowed = new HashSet<Guid>();
        RoomError? error = null;
        foreach (var turn in waiting.Where(t => MessageId is null || t.MessageId == MessageId))
        {
            if (await context.AskAsync(RoomPermission.WithdrawTurn, turn.RequestedBy, cancellationToken).ConfigureAwait(false) is { } no)
            {
                error = no;
            }
            else
            {
                allowed.Add(turn.Id);
            }
        }

        var stopped = await context.ChangeAsync<int>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            foreach (var turn in queue.Turns.Where(t => t.Status is TurnStatus.Suspended or TurnStatus.Ready && t.MessageId is { } id && (MessageId ?? id) == id).ToList())
            {
                if (await change.FindMessageAsync(turn.MessageId!.Value, token).ConfigureAwait(false)
                    is { Status: MessageStatus.AwaitingPeople or MessageStatus.Recovering } response)
                {
                    change.SaveAndTell(TurnTransitions.Stop(response, context.By, $"Not finished: {Names.Quoted(context.By.Name)} stopped the answer.", context.Now));
                    queue.End(turn, context.By);
                }
            }

            queue.Withdraw(t => allowed.Contains(t.Id), TurnQueue.TakenOut(context.By));
            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            return queue.Withdrawn.Count;
        }, cancellationToken).ConfigureAwait(false);
        return stopped is { Error: null, Value: 0 } && error is not null ? error : stopped;
    }
}
