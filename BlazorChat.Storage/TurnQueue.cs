using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>How a message that asks for answers gets into its room's queue: the room's overlap policy, within one transaction.</summary>
internal sealed class TurnQueue(ChatDbContext db, RoomRow room)
{
    /// <summary>Why the message cannot be posted now, or null.</summary>
    public async Task<RoomError?> RefuseAsync(NewMessage message, CancellationToken cancellationToken)
    {
        if (message.AssistantIds.Count == 0)
        {
            return null;
        }

        if (room.Overlap == OverlapPolicy.Drop)
        {
            return await db.Turns.AnyAsync(
                t => t.RoomId == room.Id && message.AssistantIds.Contains(t.AssistantId) && t.State != StoredTurnState.Suspended, cancellationToken).ConfigureAwait(false)
                ? new RoomError(RoomErrorKind.Conflict, "The assistant is answering somebody just now, and this room takes one question at a time. Please send it again afterwards.")
                : null;
        }

        // Those that wait give way to the latest.
        return room.Overlap == OverlapPolicy.Latest ? null : await RefuseMoreAsync(db, room.Id, message.AssistantIds.Count, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why so many more turns cannot wait in a room, or null.</summary>
    public static async Task<RoomError?> RefuseMoreAsync(ChatDbContext db, Guid roomId, int more, CancellationToken cancellationToken) =>
        await db.Turns.CountAsync(
            t => t.RoomId == roomId && (t.State == StoredTurnState.Waiting || t.State == StoredTurnState.Ready), cancellationToken).ConfigureAwait(false) + more > RoomLimits.QueueLength
            ? new RoomError(RoomErrorKind.Limit, $"{RoomLimits.QueueLength} questions can wait in a room, and there is no place for more. Please wait until some are answered.")
            : null;

    /// <summary>Takes a message that is removed out of the queue: its turn goes on with what else its author wrote, or waits no more.</summary>
    public static async Task<RemovedMessage> RemoveQuestionAsync(ChatDbContext db, MessageRow message, CancellationToken cancellationToken)
    {
        var turns = await db.Turns.Where(t => t.RoomId == message.RoomId && (t.State == StoredTurnState.Waiting || t.MessageId == message.Id))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var queued = new List<Turn>();
        var withdrawn = new List<TurnRow>();
        foreach (var turn in turns)
        {
            if (turn.EarlierQuestionIds.Contains(message.Id))
            {
                turn.EarlierQuestionIds = turn.EarlierQuestionIds.Remove(message.Id);
                queued.Add(turn.ToTurn());
            }
            else if (turn.QuestionId == message.Id && turn.EarlierQuestionIds is [.. var before, var last])
            {
                turn.QuestionId = last;
                turn.EarlierQuestionIds = before;
                queued.Add(turn.ToTurn());
            }
            else if (turn.QuestionId == message.Id && turn.State == StoredTurnState.Waiting)
            {
                withdrawn.Add(turn);
                db.Turns.Remove(turn);
            }
            else if (turn.MessageId == message.Id)
            {
                // Goes with its response.
                db.Turns.Remove(turn);
            }
        }

        var changed = await db.LetGoAsync(withdrawn, message.CreatedAt, cancellationToken).ConfigureAwait(false);
        return new RemovedMessage(queued, withdrawn.ConvertAll(t => t.Id), changed);
    }

    /// <summary>Queues the turns of a message that was stored.</summary>
    /// <returns>Turns that wait because of it, those that wait no more, and answers that changed with those.</returns>
    public async Task<(List<Turn> Queued, List<Guid> Withdrawn, List<Message> Changed)> AddAsync(NewMessage message, Guid questionId, CancellationToken cancellationToken)
    {
        var queued = new List<Turn>();
        var withdrawn = new List<TurnRow>();
        foreach (var assistantId in message.AssistantIds)
        {
            var waiting = await db.Turns.Where(t => t.RoomId == room.Id && t.AssistantId == assistantId && t.State == StoredTurnState.Waiting)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
            if (room.Overlap == OverlapPolicy.Latest)
            {
                db.Turns.RemoveRange(waiting);
                withdrawn.AddRange(waiting);
            }

            // The author's own that waits takes the message over; what others asked stays theirs, and a retry sees nothing newer.
            var own = room.Overlap is OverlapPolicy.Merge or OverlapPolicy.Debounce
                ? waiting.Find(t => t.RequestedById == message.Author.Id && t.RequestedByKind == message.Author.Kind && t.Before is null)
                : null;
            var turn = own ?? RowChanges.NewTurn(room.Id, assistantId, message.Request, message.Now);
            if (own?.QuestionId is { } earlier)
            {
                own.EarlierQuestionIds = own.EarlierQuestionIds.Add(earlier);
            }

            turn.QuestionId = questionId;
            turn.Request = TurnRequestJson.Write(message.Request);
            turn.NotBefore = room.Overlap == OverlapPolicy.Debounce ? message.Now + TimeSpan.FromMilliseconds(room.QuietMilliseconds) : null;
            if (own is null)
            {
                db.Turns.Add(turn);
            }

            queued.Add(turn.ToTurn());
        }

        return (queued, withdrawn.ConvertAll(t => t.Id), await db.LetGoAsync(withdrawn, message.Now, cancellationToken).ConfigureAwait(false));
    }
}
