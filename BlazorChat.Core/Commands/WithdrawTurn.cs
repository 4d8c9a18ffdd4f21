using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Takes one turn that waits out of the queue. Gives the turn.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who does.</param>
/// <param name="TurnId">The turn.</param>
public sealed record WithdrawTurn(Guid RoomId, Person? By, Guid TurnId) : RoomCommand<Turn>(RoomId, By)
{
    private static readonly RoomError NoSuchTurn = new(RoomErrorKind.NotFound, "This does not wait any more.");

    // Everybody who sees the room sees its queue; whether they may touch this turn depends on whose it is.
    internal override RoomPermission? Permission => RoomPermission.ViewRoom;

    internal override async Task<Result<Turn>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (await context.Turns.FindWaitingAsync(RoomId, TurnId, cancellationToken).ConfigureAwait(false) is not { } turn)
        {
            return NoSuchTurn;
        }

        if (await context.AskAsync(RoomPermission.WithdrawTurn, turn.RequestedBy, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        return await TakeOutAsync(context, TurnId, cancellationToken).ConfigureAwait(false) > 0 ? turn : NoSuchTurn;
    }

    /// <summary>Takes a turn out of the queue, and tells what changed.</summary>
    /// <returns>How many were taken out: one, or none when it does not wait any more.</returns>
    internal static async Task<int> TakeOutAsync(RoomCommandContext context, Guid turnId, CancellationToken cancellationToken)
    {
        var (withdrawn, changed) = await context.Turns.WithdrawAsync(context.RoomId, null, turnId, context.Now, cancellationToken).ConfigureAwait(false);
        context.TellWithdrawn(withdrawn.Select(t => t.Id));
        context.TellChanged(changed);
        return withdrawn.Count;
    }
}
