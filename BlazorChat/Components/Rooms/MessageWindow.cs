using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The messages that one viewer has on the page: those of the room's snapshot and older ones that were loaded while
/// scrolling, without a gap between them. Not thread-safe: it lives on the circuit's dispatcher.
/// </summary>
public sealed class MessageWindow
{
    private RoomSnapshot? _merged;

    /// <summary>In order of sequence; a new array whenever something in it changed.</summary>
    public ImmutableArray<RoomMessage> Messages { get; private set; } = [];

    /// <summary>Whether the store has messages before the first of these.</summary>
    public bool HasOlder { get; private set; }

    /// <summary>
    /// Messages that still look running here but left the room's snapshot: they have ended, and how must be read from
    /// the store.
    /// </summary>
    public IEnumerable<Guid> Outdated { get; private set; } = [];

    /// <summary>Takes over the room's newest state.</summary>
    /// <returns>Whether anything changed for the viewer.</returns>
    public bool Merge(RoomSnapshot snapshot)
    {
        var last = _merged;
        _merged = snapshot;
        if (last is not null && last.Messages == snapshot.Messages && last.HasOlder == snapshot.HasOlder)
        {
            return false;
        }

        var older = OlderThan(snapshot);
        Messages = older.IsEmpty ? snapshot.Messages : older.AddRange(snapshot.Messages);
        HasOlder = snapshot.HasOlder && (older.IsEmpty || HasOlder);
        Outdated = [.. older.Where(m => m.Live is not null).Select(m => m.Message.Id)];
        return true;
    }

    /// <summary>Takes a page of older messages.</summary>
    /// <param name="page">What the store had.</param>
    /// <param name="before">The sequence that was asked for; when the window begins elsewhere by now, the page does not fit and is dropped.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Prepend(OlderMessages page, long before)
    {
        if (Messages.IsEmpty || Messages[0].Message.Sequence != before)
        {
            return false;
        }

        Messages = page.Messages.AddRange(Messages);
        HasOlder = page.HasOlder;
        return true;
    }

    /// <summary>Takes a newer state of a message that is older than the snapshot.</summary>
    /// <returns>Whether the message was still there.</returns>
    public bool Replace(RoomMessage message)
    {
        for (var i = 0; i < Messages.Length; i++)
        {
            if (Messages[i].Message.Id == message.Message.Id)
            {
                Messages = Messages.SetItem(i, message);
                Outdated = [.. Outdated.Where(id => id != message.Message.Id)];
                return true;
            }
        }

        return false;
    }

    // What the viewer has from before the snapshot's first message, if there is nothing missing in between.
    private ImmutableArray<RoomMessage> OlderThan(RoomSnapshot snapshot)
    {
        if (!snapshot.HasOlder || snapshot.Messages.IsEmpty || Messages.IsEmpty)
        {
            return [];
        }

        // Sequences have gaps, so only a message that both have, or the very next number, shows that they meet.
        var first = snapshot.Messages[0].Message.Sequence;
        if (Messages[^1].Message.Sequence < first - 1)
        {
            return [];
        }

        return [.. Messages.Where(m => m.Message.Sequence < first && m.Message.Sequence > snapshot.Room.ClearedThrough)];
    }
}
