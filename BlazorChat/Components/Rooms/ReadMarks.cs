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
    /// <param name="remembered">The highest sequence read, by room. Null for a new browser, in which everything counts as read.</param>
    /// <param name="rooms">The existing rooms.</param>
    public void Load(Dictionary<Guid, long>? remembered, ImmutableArray<RoomSummary> rooms)
    {
        // Only existing rooms are taken, because a browser can send anything.
        foreach (var room in rooms.Select(r => r.Room))
        {
            if ((remembered is null ? room.LastSequence : remembered.GetValueOrDefault(room.Id, -1)) is >= 0 and var sequence)
            {
                _read[room.Id] = Math.Max(sequence, _read.GetValueOrDefault(room.Id));
            }
        }

        _isLoaded = true;
    }

    /// <summary>Whether the room has messages that this person has not seen.</summary>
    public bool IsUnread(Room room) => _isLoaded && room.MessageCount > 0 && room.LastSequence > _read.GetValueOrDefault(room.Id);

    /// <summary>Marks all of the room as read.</summary>
    /// <returns>Whether this changed the mark, so that the browser should remember it.</returns>
    public bool MarkRead(Room room)
    {
        if (!_isLoaded || (_read.TryGetValue(room.Id, out var read) && read >= room.LastSequence))
        {
            return false;
        }

        _read[room.Id] = room.LastSequence;
        return true;
    }
}
