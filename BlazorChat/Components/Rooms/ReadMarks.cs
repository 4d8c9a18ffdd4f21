using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>How far this person has read in each room. The browser remembers it.</summary>
public sealed class ReadMarks
{
    private readonly Dictionary<Guid, long> _read = [];
    private bool _isLoaded;

    /// <summary>The number of rooms with a mark.</summary>
    public int Count => _read.Count;

    /// <summary>Loads the marks that the browser remembers.</summary>
    /// <param name="remembered">How far each room was read (see <see cref="Room.ReadMark"/>). Null for a new browser, in which everything counts as read.</param>
    /// <param name="rooms">The existing rooms.</param>
    public void Load(Dictionary<Guid, long>? remembered, ImmutableArray<RoomSummary> rooms)
    {
        // Only existing rooms are taken, because a browser can send anything.
        foreach (var room in rooms.Select(r => r.Room))
        {
            if ((remembered is null ? room.ReadMark : remembered.GetValueOrDefault(room.Id, -1)) is >= 0 and var sequence)
            {
                // Not beyond the room: whoever came back to it may see less of it than before.
                _read[room.Id] = Math.Max(Math.Min(sequence, room.ReadMark), _read.GetValueOrDefault(room.Id));
            }
        }

        _isLoaded = true;
    }

    /// <summary>Whether the room has messages that this person has not seen.</summary>
    public bool IsUnread(Room room) => _isLoaded && room.MessageCount > 0 && room.ReadMark > _read.GetValueOrDefault(room.Id);

    /// <summary>How many messages of the room this person has not seen, as far as the marks say.</summary>
    public long CountUnread(Room room) => IsUnread(room) ? Math.Min(room.ReadMark - _read.GetValueOrDefault(room.Id), room.MessageCount) : 0;

    /// <summary>Marks all of the room as read.</summary>
    /// <returns>Whether this changed the mark, so that the browser should remember it.</returns>
    public bool MarkRead(Room room)
    {
        if (!_isLoaded || (_read.TryGetValue(room.Id, out var read) && read >= room.ReadMark))
        {
            return false;
        }

        _read[room.Id] = room.ReadMark;
        return true;
    }
}
