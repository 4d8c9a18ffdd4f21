using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// What an administrator of the server did in a room that need not be theirs, for everybody in it to read, also later. It stands among the messages,
/// under the administrator's name, but is the server's: whoever it is about can neither change nor remove it.
/// </summary>
internal static class RoomNotice
{
    /// <summary>Adds a notice to a room, and saves the room.</summary>
    /// <param name="change">The change.</param>
    /// <param name="room">The room.</param>
    /// <param name="by">The administrator.</param>
    /// <param name="text">What they did. No names: those in texts stay when their bearers are gone.</param>
    /// <param name="now">The current time.</param>
    public static Room SaveWithNotice(this IRoomChange change, Room room, Author by, string text, DateTimeOffset now)
    {
        var changed = room.WithMessage(now);
        var notice = new Message
        {
            Id = Guid.CreateVersion7(now),
            RoomId = room.Id,
            Sequence = changed.LastSequence,
            Author = by with { Kind = AuthorKind.Service },
            Parts = [new TextPart(text)],
            Status = MessageStatus.Complete.Instance,
            CreatedAt = now,
        };
        change.Add(notice, null);
        change.Tell(new RoomEvent.MessagePosted(notice));
        change.Save(changed);
        return changed;
    }
}
