using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Stops responses of a room at once, without waiting for writes in progress; their text so far is kept. If none is running, waiting turns
/// are taken out of the queue instead, as far as the person may withdraw them. Repeating the command is safe: a response that is already
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
        return found > 0 ? ended : await WithdrawAsync(context, cancellationToken).ConfigureAwait(false);
    }

    // Stop withdraws only turns that the person may withdraw.
    private async Task<Result<int>> WithdrawAsync(RoomCommandContext context, CancellationToken cancellationToken)
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

        return allowed.Count == 0
            ? error is null ? 0 : error
            : await WithdrawTurn.TakeOutAsync(context, t => allowed.Contains(t.Id), cancellationToken).ConfigureAwait(false);
    }
}
