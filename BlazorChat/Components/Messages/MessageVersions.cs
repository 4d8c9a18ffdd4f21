using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The versions of messages that one reader looks at. Each reader switches versions alone, and only messages whose versions were
/// requested are here. When a message gets another version, readers of an earlier one are moved to the newest: people talk about the
/// current one, and the numbers on the page ("2 of 3") would be wrong. A response that only continues or ends moves no one.
/// </summary>
internal sealed class MessageVersions
{
    private readonly Dictionary<Guid, Shown> _shown = [];

    /// <summary>The number of the shown version, or null if this message's versions were not requested.</summary>
    public int? NumberOf(Message message) => _shown.TryGetValue(message.Id, out var shown) ? shown.Number : null;

    /// <summary>The earlier version that is shown in a message's place, or null if the newest is shown.</summary>
    public MessageFrame? EarlierOf(Message message) =>
        _shown.TryGetValue(message.Id, out var shown) && shown.Number < message.Versions ? shown.All[shown.Number - 1] : null;

    /// <summary>Shows another version of a message, if its versions have been read.</summary>
    /// <returns>False if they must be read first: see <see cref="Show"/>.</returns>
    public bool TryMove(Message message, int number)
    {
        if (!_shown.TryGetValue(message.Id, out var shown) || shown.All.IsDefaultOrEmpty)
        {
            return false;
        }

        _shown[message.Id] = shown with { Number = Math.Clamp(number, 1, message.Versions) };
        return true;
    }

    /// <summary>Shows a version of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="all">All its versions, oldest first.</param>
    /// <param name="number">The number of the version, from 1.</param>
    /// <returns>False if the versions belong to another state of the message; nothing changes then.</returns>
    public bool Show(Message message, ImmutableArray<MessageFrame> all, int number)
    {
        if (all.Length != message.Versions)
        {
            return false;
        }

        _shown[message.Id] = new Shown(all, Math.Clamp(number, 1, all.Length), all.Length);
        return true;
    }

    /// <summary>Goes back to the newest version and forgets the message's versions.</summary>
    /// <returns>Whether versions of the message were shown.</returns>
    public bool Leave(Guid messageId) => _shown.Remove(messageId);

    /// <summary>Forgets the versions of messages that have another version now, or are gone.</summary>
    public void Follow(ImmutableArray<MessageFrame> messages)
    {
        if (_shown.Count == 0)
        {
            return;
        }

        var now = messages.ToDictionary(m => m.Message.Id, m => m.Message.Versions);
        foreach (var (id, shown) in _shown.ToArray())
        {
            if (now.GetValueOrDefault(id) != shown.Count)
            {
                _shown.Remove(id);
            }
        }
    }

    private sealed record Shown(ImmutableArray<MessageFrame> All, int Number, int Count);
}
