using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Changes that several commands make in their transactions.</summary>
internal static class RowChanges
{
    /// <summary>A new, empty, streaming message at the end of a room, counted in the room's row. The caller adds it.</summary>
    public static MessageRow Append(this RoomRow room, Author author, DateTimeOffset now)
    {
        room.LastSequence++;
        room.MessageCount++;
        room.LastActivityAt = now;
        return new MessageRow
        {
            Id = Guid.CreateVersion7(now),
            RoomId = room.Id,
            Sequence = room.LastSequence,
            AuthorKind = author.Kind,
            AuthorId = author.Id,
            AuthorName = author.Name,
            Parts = MessagePartsJson.WriteText(""),
            Status = StoredStatus.Streaming,
            CreatedAt = now,
        };
    }

    /// <summary>Puts a turn into the queue. See <see cref="TurnRow.Before"/>.</summary>
    /// <returns>Null when one for this assistant waits already: that one will see everything.</returns>
    public static async Task<Turn?> QueueAsync(
        this ChatDbContext db, Guid roomId, string assistantId, Author by, long? before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await db.Turns.FirstOrDefaultAsync(
            t => t.RoomId == roomId && t.AssistantId == assistantId && t.State == StoredTurnState.Waiting, cancellationToken).ConfigureAwait(false);
        if (waiting is not null)
        {
            // Two wishes in one turn: it answers everything.
            waiting.Before = null;
            return null;
        }

        var row = new TurnRow
        {
            Id = Guid.CreateVersion7(now),
            RoomId = roomId,
            AssistantId = assistantId,
            State = StoredTurnState.Waiting,
            RequestedByKind = by.Kind,
            RequestedById = by.Id,
            RequestedByName = by.Name,
            RequestedAt = now,
            Before = before,
        };
        db.Turns.Add(row);
        return row.ToTurn();
    }
}
