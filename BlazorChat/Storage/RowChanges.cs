using BlazorChat.Rooms;

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
        Id = Guid.CreateVersion7(now),
        RoomId = roomId,
        AssistantId = assistantId,
        RequestedByKind = request.RequestedBy.Kind,
        RequestedById = request.RequestedBy.Id,
        RequestedByName = request.RequestedBy.Name,
        RequestedAt = now,
        Request = TurnRequestJson.Write(request),
    };

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
