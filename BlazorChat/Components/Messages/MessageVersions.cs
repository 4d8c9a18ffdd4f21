using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>
/// Which versions of messages one reader has before them. Everybody moves alone, and only messages whose versions were asked
/// for are here. When a message gets another version, whoever looked at an earlier one is brought to the newest: what
/// happens now is what people talk about, and the numbers they see ("2 of 3") would not be true any more. A response that
/// merely goes on, or ends, moves nobody.
/// </summary>
internal sealed class MessageVersions
{
    private readonly Dictionary<Guid, Shown> _shown = [];

    /// <summary>The number of the version that is shown, or null when nobody asked for this message's versions.</summary>
    public int? NumberOf(Message message) => _shown.TryGetValue(message.Id, out var shown) ? shown.Number : null;

    /// <summary>The earlier version that is shown in a message's place, or null when it is the newest.</summary>
    public MessageFrame? EarlierOf(Message message) =>
        _shown.TryGetValue(message.Id, out var shown) && shown.Number < message.Versions ? shown.All[shown.Number - 1] : null;

    /// <summary>Shows another version of a message whose versions are known.</summary>
    /// <returns>False when they must be read first: see <see cref="Show"/>.</returns>
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
    /// <param name="number">Which, from 1.</param>
    /// <returns>False when the versions are those of another state of the message; nothing is shown then.</returns>
    public bool Show(Message message, ImmutableArray<MessageFrame> all, int number)
    {
        if (all.Length != message.Versions)
        {
            return false;
        }

        _shown[message.Id] = new Shown(all, Math.Clamp(number, 1, all.Length), all.Length);
        return true;
    }

    /// <summary>Goes back to the newest version, and away from its versions.</summary>
    /// <returns>Whether its versions were shown.</returns>
    public bool Leave(Guid messageId) => _shown.Remove(messageId);

    /// <summary>Leaves messages that have another version by now, or are gone.</summary>
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
