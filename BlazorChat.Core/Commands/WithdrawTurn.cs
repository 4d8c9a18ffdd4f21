using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Takes one waiting turn out of the queue. Returns the turn.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="TurnId">The turn.</param>
internal sealed record WithdrawTurn(Guid RoomId, Person? By, Guid TurnId) : RoomCommand<Turn>(RoomId, By)
{
    private static readonly RoomError NoSuchTurn = new(RoomErrorKind.NotFound, "This question is no longer waiting.");

    // Everyone who sees the room sees its queue. Whether they may withdraw this turn depends on its asker, and is asked below.
    internal override RoomPermission? Permission => RoomPermission.ViewRoom;

    internal override async Task<Result<Turn>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var queue = await context.Rooms.ReadQueueAsync(RoomId, cancellationToken).ConfigureAwait(false);
        if (queue.FirstOrDefault(t => t.Id == TurnId) is not { } turn)
        {
            return NoSuchTurn;
        }

        if (await context.AskAsync(RoomPermission.WithdrawTurn, turn.RequestedBy, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        return (await TakeOutAsync(context, t => t.Id == TurnId, cancellationToken).ConfigureAwait(false)).Value > 0 ? turn : NoSuchTurn;
    }

    /// <summary>Takes turns out of the queue.</summary>
    /// <returns>The number of withdrawn turns; turns that were no longer waiting do not count.</returns>
    internal static Task<Result<int>> TakeOutAsync(RoomCommandContext context, Func<Turn, bool> which, CancellationToken cancellationToken) =>
        context.ChangeAsync<int>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            queue.Withdraw(which, TurnQueue.TakenOut(context.By));
            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            return queue.Withdrawn.Count;
        }, cancellationToken);
}
