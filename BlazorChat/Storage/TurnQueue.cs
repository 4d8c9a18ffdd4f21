using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>How a message that asks for answers gets into its room's queue: the room's overlap policy, within one transaction.</summary>
internal sealed class TurnQueue(ChatDbContext db, RoomRow room)
{
    /// <summary>Why the message cannot be posted now, or null.</summary>
    public async Task<Refusal?> RefuseAsync(NewMessage message, CancellationToken cancellationToken)
    {
        if (message.AssistantIds.Count == 0)
        {
            return null;
        }

        if (room.Overlap == OverlapPolicy.Drop)
        {
            return await db.Turns.AnyAsync(
                t => t.RoomId == room.Id && message.AssistantIds.Contains(t.AssistantId) && t.State != StoredTurnState.Suspended, cancellationToken).ConfigureAwait(false)
                ? new Refusal(RefusalKind.Conflict, "The assistant is answering somebody just now, and this room takes one question at a time. Please send it again afterwards.")
                : null;
        }

        return await db.Turns.CountAsync(t => t.RoomId == room.Id && t.State == StoredTurnState.Waiting, cancellationToken).ConfigureAwait(false) >= RoomLimits.QueueLength
            ? new Refusal(RefusalKind.Limit, $"{RoomLimits.QueueLength} questions wait in this room already. Please wait until some are answered.")
            : null;
    }

    /// <summary>Queues the turns of a message that was stored.</summary>
    /// <returns>Turns that wait because of it, and those that wait no more.</returns>
    public async Task<(List<Turn> Queued, List<Guid> Withdrawn)> AddAsync(NewMessage message, Guid questionId, CancellationToken cancellationToken)
    {
        var queued = new List<Turn>();
        var withdrawn = new List<Guid>();
        foreach (var assistantId in message.AssistantIds)
        {
            var waiting = await db.Turns.Where(t => t.RoomId == room.Id && t.AssistantId == assistantId && t.State == StoredTurnState.Waiting)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
            if (room.Overlap == OverlapPolicy.Latest)
            {
                db.Turns.RemoveRange(waiting);
                withdrawn.AddRange(waiting.Select(t => t.Id));
            }

            // The author's own that waits takes the message over; what others asked stays theirs.
            var own = room.Overlap is OverlapPolicy.Merge or OverlapPolicy.Debounce
                ? waiting.Find(t => t.RequestedById == message.Author.Id && t.RequestedByKind == message.Author.Kind)
                : null;
            var turn = own ?? RowChanges.NewTurn(room.Id, assistantId, message.Request, message.Now);
            turn.QuestionId = questionId;
            turn.Request = TurnRequestJson.Write(message.Request);
            turn.NotBefore = room.Overlap == OverlapPolicy.Debounce ? message.Now + TimeSpan.FromMilliseconds(room.QuietMilliseconds) : null;
            if (own is null)
            {
                db.Turns.Add(turn);
            }

            queued.Add(turn.ToTurn());
        }

        return (queued, withdrawn);
    }
}
