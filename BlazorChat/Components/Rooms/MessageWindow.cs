using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The messages on one viewer's page: those of the room's state, and older ones that were loaded while scrolling, with no gap in
/// between. Not thread-safe: use it on the circuit's dispatcher.
/// </summary>
public sealed class MessageWindow
{
    // A viewer who stays in a busy room for a day, or scrolls through all of it, keeps only the newest messages.
    private const int Most = 1_000;

    private RoomFrame? _merged;
    private long _from;

    /// <summary>The messages, in order of sequence. Every change creates a new array.</summary>
    public ImmutableArray<MessageFrame> Messages { get; private set; } = [];

    /// <summary>Whether the store has messages before the first of these.</summary>
    public bool HasOlder { get; private set; }

    /// <summary>
    /// The ids of messages that still look running here but are no longer in the room's state. They have ended; read them from the store
    /// to find out how.
    /// </summary>
    public IEnumerable<Guid> Outdated { get; private set; } = [];

    /// <summary>Takes the room's newest frame.</summary>
    /// <returns>Whether anything changed for the viewer.</returns>
    public bool Merge(RoomFrame state)
    {
        var last = _merged;
        _merged = state;
        if (last is not null && last.Messages == state.Messages && last.HasOlder == state.HasOlder
            && last.Beyond == state.Beyond && last.Removed == state.Removed && last.Forgotten == state.Forgotten)
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

    /// <summary>Adds a page of older messages.</summary>
    /// <param name="page">The messages from the store.</param>
    /// <param name="before">The sequence that they were requested for. If the window no longer begins there, the page is dropped.</param>
    /// <returns>Whether the page was added.</returns>
    public bool Prepend(OlderMessages page, long before)
    {
        if (Messages.IsEmpty || Messages[0].Message.Sequence != before)
        {
            return false;
        }

        // While the page was being read from the store, messages may have changed or been removed.
        var older = _merged is { } merged ? Newest(page.Messages.Where(m => m.Message.Sequence > merged.Room.ClearedThrough), merged) : page.Messages;
        Messages = older.AddRange(Messages);
        _from = page.HasOlder ? Messages[0].Message.Sequence : 0;
        HasOlder = page.HasOlder;
        return true;
    }

    /// <summary>Replaces a message that the room's state no longer has with a newer state of it.</summary>
    /// <returns>Whether the message was still in the window.</returns>
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

    // Begins with the newest messages that the room has in memory, so that the first HTML of a busy room is no larger than of others.
    // All running responses are included.
    private static long Beginning(ImmutableArray<MessageFrame> messages)
    {
        var first = Math.Max(0, messages.Length - RoomLimits.WindowSize);
        return first == 0 ? 0 : messages.Take(first).FirstOrDefault(m => m.Live is not null)?.Message.Sequence ?? messages[first].Message.Sequence;
    }

    private bool MissedSome(RoomFrame state) =>
        !Messages.IsEmpty && !state.Messages.IsEmpty && Messages[^1].Message.Sequence < state.Messages[0].Message.Sequence - 1;

    // The viewer's messages from before the state's first message, if none is missing in between.
    private ImmutableArray<MessageFrame> OlderThan(RoomFrame state)
    {
        if (!state.HasOlder || state.Messages.IsEmpty || Messages.IsEmpty)
        {
            return [];
        }

        // Sequences have gaps, so only a common message or the very next number proves that nothing is missing.
        if (MissedSome(state))
        {
            return [];
        }

        var first = state.Messages[0].Message.Sequence;
        return Newest(Messages.Where(m => m.Message.Sequence < first && m.Message.Sequence > state.Room.ClearedThrough), state);
    }

    // Older messages are not in the room's state, which has forgotten whoever was deleted.
    private static MessageFrame Forget(MessageFrame loaded, RoomFrame state)
    {
        var message = state.Forgotten.Aggregate(loaded.Message, (message, person) => person.Forget(message));
        return ReferenceEquals(message, loaded.Message) ? loaded : new MessageFrame(message, loaded);
    }

    // Brings loaded messages up to date with the room's state: changed, live or removed.
    private static ImmutableArray<MessageFrame> Newest(IEnumerable<MessageFrame> loaded, RoomFrame state)
    {
        if (state.Beyond.IsEmpty && state.Removed.IsEmpty && state.Forgotten.IsEmpty)
        {
            return [.. loaded];
        }

        var beyond = state.Beyond.ToDictionary(m => m.Message.Id);
        return [.. loaded.Where(m => !state.Removed.Contains(m.Message.Id) && !state.Forgotten.Any(p => p.RemovesMessages && p.Wrote(m.Message)))
            .Select(m => beyond.GetValueOrDefault(m.Message.Id) ?? Forget(m, state))];
    }
}
