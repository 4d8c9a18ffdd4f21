using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Takes one waiting turn out of the queue. Whoever may stop its response may do this. Returns the turn.</summary>
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

        Task<Message?> Find(Guid id, CancellationToken token) => context.Rooms.FindMessageAsync(RoomId, id, token);
        var response = turn.MessageId is { } responseId ? await Find(responseId, cancellationToken).ConfigureAwait(false) : null;
        if (await AskAsync(context, turn, response, Find, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        return (await TakeOutAsync(context, t => t.Id == TurnId, cancellationToken).ConfigureAwait(false)).Value > 0 ? turn : NoSuchTurn;
    }

    /// <summary>Asks whether the caller may take a turn out of the queue, or end the response with which it waits.</summary>
    /// <param name="context">The command in progress.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="response">Its response; null if it has none yet.</param>
    /// <param name="find">Finds a message of the room.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Null when allowed.</returns>
    internal static async Task<RoomError?> AskAsync(
        RoomCommandContext context, Turn turn, Message? response, Func<Guid, CancellationToken, Task<Message?>> find, CancellationToken cancellationToken)
    {
        // The question's author, as it will be of the response. Nearly always that is who put it into the queue, and nothing is looked up.
        if (response is null && await context.AskToStopAsync(turn.RequestedBy, null, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var question = response is null && turn.QuestionId is { } id ? await find(id, cancellationToken).ConfigureAwait(false) : null;
        return await context.AskToStopAsync(response?.Owner ?? question?.Owner ?? turn.RequestedBy, turn.RequestedBy, cancellationToken).ConfigureAwait(false);
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
