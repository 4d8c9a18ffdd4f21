using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The messages that one viewer has on the page: those of the room's state and older ones that were loaded while
/// scrolling, without a gap between them. Not thread-safe: it lives on the circuit's dispatcher.
/// </summary>
public sealed class MessageWindow
{
    // Who stays for a day in a busy room, or scrolls through all of it, keeps the newest of what was shown.
    private const int Most = 1_000;

    private RoomFrame? _merged;
    private long _from;

    /// <summary>In order of sequence; a new array whenever something in it changed.</summary>
    public ImmutableArray<MessageFrame> Messages { get; private set; } = [];

    /// <summary>Whether the store has messages before the first of these.</summary>
    public bool HasOlder { get; private set; }

    /// <summary>
    /// Messages that still look running here but are nowhere in the room's state any more: they have ended, and how must
    /// be read from the store.
    /// </summary>
    public IEnumerable<Guid> Outdated { get; private set; } = [];

    /// <summary>Takes over the room's newest state.</summary>
    /// <returns>Whether anything changed for the viewer.</returns>
    public bool Merge(RoomFrame state)
    {
        var last = _merged;
        _merged = state;
        if (last is not null && last.Messages == state.Messages && last.HasOlder == state.HasOlder
            && last.Beyond == state.Beyond && last.Removed == state.Removed)
        {
            return false;
        }

        var older = OlderThan(state);
        if (last is null || (older.IsEmpty && MissedSome(state)))
        {
            _from = Beginning(state.Messages);
        }

        var shared = state.Messages.RemoveAll(m => m.Message.Sequence < _from);
        Messages = older.IsEmpty ? shared : older.AddRange(shared);
        HasOlder = shared.Length < state.Messages.Length || (state.HasOlder && (older.IsEmpty || HasOlder));
        if (Messages.Length > Most)
        {
            Messages = Messages.RemoveRange(0, Messages.Length - (Most / 2));
            _from = Messages[0].Message.Sequence;
            HasOlder = true;
        }

        Outdated = [.. older.Where(m => m.Live is not null && !state.Beyond.Contains(m)).Select(m => m.Message.Id)];
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

        // Read from the store: the room may have newer states, and some may have been removed while the page was on its way.
        var older = _merged is { } merged ? Newest(page.Messages.Where(m => m.Message.Sequence > merged.Room.ClearedThrough), merged) : page.Messages;
        Messages = older.AddRange(Messages);
        _from = page.HasOlder ? Messages[0].Message.Sequence : 0;
        HasOlder = page.HasOlder;
        return true;
    }

    /// <summary>Takes a newer state of a message that is older than the state.</summary>
    /// <returns>Whether the message was still there.</returns>
    public bool Replace(MessageFrame message)
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
    private static long Beginning(ImmutableArray<MessageFrame> messages)
    {
        var first = Math.Max(0, messages.Length - RoomLimits.WindowSize);
        return first == 0 ? 0 : messages.Take(first).FirstOrDefault(m => m.Live is not null)?.Message.Sequence ?? messages[first].Message.Sequence;
    }

    private bool MissedSome(RoomFrame state) =>
        !Messages.IsEmpty && !state.Messages.IsEmpty && Messages[^1].Message.Sequence < state.Messages[0].Message.Sequence - 1;

    // What the viewer has from before the state's first message, if there is nothing missing in between.
    private ImmutableArray<MessageFrame> OlderThan(RoomFrame state)
    {
        if (!state.HasOlder || state.Messages.IsEmpty || Messages.IsEmpty)
        {
            return [];
        }

        // Sequences have gaps, so only a message that both have, or the very next number, shows that they meet.
        if (MissedSome(state))
        {
            return [];
        }

        var first = state.Messages[0].Message.Sequence;
        return Newest(Messages.Where(m => m.Message.Sequence < first && m.Message.Sequence > state.Room.ClearedThrough), state);
    }

    // What was loaded once, as the room has it by now: changed, live, or removed.
    private static ImmutableArray<MessageFrame> Newest(IEnumerable<MessageFrame> loaded, RoomFrame state)
    {
        if (state.Beyond.IsEmpty && state.Removed.IsEmpty)
        {
            return [.. loaded];
        }

        var beyond = state.Beyond.ToDictionary(m => m.Message.Id);
        return [.. loaded.Where(m => !state.Removed.Contains(m.Message.Id)).Select(m => beyond.GetValueOrDefault(m.Message.Id, m))];
    }
}
