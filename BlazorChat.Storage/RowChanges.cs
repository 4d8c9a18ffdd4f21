using BlazorChat.Messages;
using BlazorChat.Turns;
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

    /// <summary>A new turn. The caller adds it.</summary>
    public static TurnRow NewTurn(Guid roomId, string assistantId, TurnRequest request, DateTimeOffset now) => new()
    {
        Id = OrderedIds.Next(now),
        RoomId = roomId,
        AssistantId = assistantId,
        RequestedByKind = request.RequestedBy.Kind,
        RequestedById = request.RequestedBy.Id,
        RequestedByName = request.RequestedBy.Name,
        RequestedAt = now,
        Request = TurnRequestJson.Write(request),
    };

    /// <summary>
    /// What the withdrawal of turns changes: a response that was about to go on is interrupted, and one whose retry does not
    /// come can be retried again.
    /// </summary>
    /// <returns>The responses.</returns>
    public static async Task<List<Message>> LetGoAsync(this ChatDbContext db, IEnumerable<TurnRow> turns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = new List<Message>();
        foreach (var turn in turns)
        {
            if (turn.MessageId is { } id)
            {
                var message = await db.Messages.FirstAsync(m => m.Id == id, cancellationToken).ConfigureAwait(false);
                if (message.Status is StoredStatus.Recovering or StoredStatus.AwaitingPeople)
                {
                    message.Parts = MessagePartsJson.Write(CallChanges.FailUnfinished(MessagePartsJson.Read(message.Parts), "Not run: the answer was withdrawn.", now));
                    message.SetStatus(MessageStatus.Interrupted.Instance);
                    message.EndedAt = now;
                    changed.Add(message.ToMessage());
                }
            }
            else if (turn.Before is { } sequence
                && await db.Messages.FirstOrDefaultAsync(m => m.RoomId == turn.RoomId && m.Sequence == sequence, cancellationToken).ConfigureAwait(false) is { } retried)
            {
                retried.IsRetried = false;
                changed.Add(retried.ToMessage());
            }
        }

        return changed;
    }

    /// <summary>Keeps what a message says now as an earlier version of it.</summary>
    public static void KeepVersion(this ChatDbContext db, MessageRow message)
    {
        db.Versions.Add(new MessageVersionRow
        {
            MessageId = message.Id,
            Number = message.Versions,
            Parts = message.Parts,
            Status = message.Status,
            StatusDetail = message.StatusDetail,
            EndedAt = message.EndedAt,
            Metadata = message.Metadata,
        });
        message.Versions++;
    }
}
