using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Support;

/// <summary>Rooms with more messages than a test could post.</summary>
internal static class LargeRoom
{
    // As many as are quickly saved together.
    private const int Batch = 5_000;

    /// <summary>Stores a room in which assistants answer only when they are mentioned.</summary>
    public static async Task<Guid> AddRoomAsync(ChatDbContext db, string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        var row = new RoomRow { Id = Guid.CreateVersion7(now), Name = name, NameKey = name, Instructions = "", DisabledTools = "", CreatedAt = now, LastActivityAt = now, AnswerMode = AnswerMode.WhenMentioned, Visibility = RoomVisibility.OpenToGuests };
        db.Rooms.Add(row);
        await db.SaveChangesAsync();
        return row.Id;
    }

    /// <summary>Stores messages of a person in a room, behind those that it has.</summary>
    /// <returns>Their client ids, in order.</returns>
    public static async Task<List<Guid>> FillAsync(Func<ChatDbContext> open, Guid roomId, int count, Person author, DateTimeOffset at)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
        var (by, parts) = (author.AsAuthor(), MessagePartsJson.Write([new TextPart("Hello")]));
        foreach (var batch in ids.Chunk(Batch))
        {
            await using var db = open();
            var room = await db.Rooms.SingleAsync(r => r.Id == roomId);
            db.Messages.AddRange(batch.Select(id => new MessageRow
            {
                Id = Guid.NewGuid(), RoomId = roomId, Sequence = ++room.LastSequence, AuthorKind = by.Kind, AuthorId = by.Id, AuthorName = by.Name,
                ClientId = id, Parts = parts, CreatedAt = at,
            }));
            room.MessageCount += batch.Length;
            await db.SaveChangesAsync();
        }

        return ids;
    }
}
