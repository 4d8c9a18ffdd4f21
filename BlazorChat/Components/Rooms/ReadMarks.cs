using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>What this person has read in each room, as this browser remembers it.</summary>
public sealed class ReadMarks
{
    private readonly Dictionary<Guid, long> _read = [];
    private bool _isLoaded;

    /// <summary>Number of rooms that something is known of.</summary>
    public int Count => _read.Count;

    /// <summary>Takes what the browser remembers.</summary>
    /// <param name="remembered">The highest sequence read, by room; null in a browser that is new here, where nothing counts as unread yet.</param>
    /// <param name="rooms">The rooms there are.</param>
    public void Load(Dictionary<Guid, long>? remembered, ImmutableArray<RoomSummary> rooms)
    {
        // Only rooms that there are: a browser can send anything.
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

    /// <summary>All of the room has been seen.</summary>
    /// <returns>Whether that is new and worth remembering.</returns>
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
