using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Stops responses of a room at once, without waiting for anything that is being stored. What has come is kept. When none runs, turns
/// that wait are taken out of the queue instead, as far as the person may withdraw them. Asking twice is asking once: a response that
/// is ending already is left to end, and what waits behind it goes on. Gives how many responses or turns were stopped; 0 when they
/// had ended by themselves.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who stops.</param>
/// <param name="MessageId">One response, or null for all of the room.</param>
public sealed record StopResponses(Guid RoomId, Person? By, Guid? MessageId) : RoomCommand<int>(RoomId, By)
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

        // A turn that was just being taken from the queue runs by now.
        (found, ended) = context.Running.Stop(RoomId, MessageId, context.By);
        return found > 0 ? ended : await WithdrawAsync(context, cancellationToken).ConfigureAwait(false);
    }

    // Stop takes nothing out of the queue that the person may not withdraw.
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
