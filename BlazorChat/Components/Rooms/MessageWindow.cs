using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The messages that one viewer has on the page: those of the room's snapshot and older ones that were loaded while
/// scrolling, without a gap between them. Not thread-safe: it lives on the circuit's dispatcher.
/// </summary>
public sealed class MessageWindow
{
    // Who stays for a day in a busy room, or scrolls through all of it, keeps the newest of what was shown.
    private const int Most = 1_000;

    private RoomSnapshot? _merged;
    private long _from;

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
        if (last is not null && last.Messages == snapshot.Messages && last.HasOlder == snapshot.HasOlder
            && last.Beyond == snapshot.Beyond && last.Removed == snapshot.Removed)
        {
            return false;
        }

        var older = OlderThan(snapshot);
        if (last is null || (older.IsEmpty && MissedSome(snapshot)))
        {
            _from = Beginning(snapshot.Messages);
        }

        var shared = snapshot.Messages.RemoveAll(m => m.Message.Sequence < _from);
        Messages = older.IsEmpty ? shared : older.AddRange(shared);
        HasOlder = shared.Length < snapshot.Messages.Length || (snapshot.HasOlder && (older.IsEmpty || HasOlder));
        if (Messages.Length > Most)
        {
            Messages = Messages.RemoveRange(0, Messages.Length - (Most / 2));
            _from = Messages[0].Message.Sequence;
            HasOlder = true;
        }

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
        _from = page.HasOlder ? Messages[0].Message.Sequence : 0;
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

    // The newest of what a room has in memory, so that the first HTML is as small for a busy room as for any; what runs is shown.
    private static long Beginning(ImmutableArray<RoomMessage> messages)
    {
        var first = Math.Max(0, messages.Length - RoomLimits.WindowSize);
        return first == 0 ? 0 : messages.Take(first).FirstOrDefault(m => m.Live is not null)?.Message.Sequence ?? messages[first].Message.Sequence;
    }

    private bool MissedSome(RoomSnapshot snapshot) =>
        !Messages.IsEmpty && !snapshot.Messages.IsEmpty && Messages[^1].Message.Sequence < snapshot.Messages[0].Message.Sequence - 1;

    // What the viewer has from before the snapshot's first message, if there is nothing missing in between.
    private ImmutableArray<RoomMessage> OlderThan(RoomSnapshot snapshot)
    {
        if (!snapshot.HasOlder || snapshot.Messages.IsEmpty || Messages.IsEmpty)
        {
            return [];
        }

        // Sequences have gaps, so only a message that both have, or the very next number, shows that they meet.
        if (MissedSome(snapshot))
        {
            return [];
        }

        var first = snapshot.Messages[0].Message.Sequence;
        var changed = snapshot.Beyond.ToDictionary(m => m.Message.Id);
        return
        [
            .. Messages.Where(m => m.Message.Sequence < first && m.Message.Sequence > snapshot.Room.ClearedThrough && !snapshot.Removed.Contains(m.Message.Id))
                .Select(m => changed.GetValueOrDefault(m.Message.Id, m)),
        ];
    }
}
