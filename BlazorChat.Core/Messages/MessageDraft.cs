using System.Collections.Immutable;
using System.Text;

namespace BlazorChat.Messages;

/// <summary>
/// The parts of a message that is being written. Appended text collects in a builder, so a piece costs the same in a long part as in a
/// short one. Not thread-safe.
/// </summary>
internal sealed class MessageDraft
{
    private readonly List<MessagePart> _parts;
    private readonly StringBuilder _open = new();
    private int _lastId;

    /// <summary>Starts a draft from existing parts.</summary>
    public MessageDraft(ImmutableArray<MessagePart> parts)
    {
        _parts = [.. PartList.Numbered(parts)];
        _lastId = PartList.LastId(_parts);
        OpenLast();
    }

    /// <summary>The parts. Text appended to the last one is missing here until <see cref="Settle"/>.</summary>
    public IReadOnlyList<MessagePart> Parts => _parts;

    /// <summary>Adds text to the last part.</summary>
    /// <exception cref="InvalidOperationException">The last part has another id, or is neither text nor reasoning.</exception>
    public void Append(int partId, string text)
    {
        if (_parts is not [.., (TextPart or ReasoningPart) and { PartId: var last }] || last != partId)
        {
            throw new InvalidOperationException("The part is not the last one, or is neither text nor reasoning.");
        }

        _open.Append(text);
    }

    /// <summary>Replaces the part with the same id, or adds the part at the end. An added part without an id gets one.</summary>
    /// <returns>The part with its id.</returns>
    public MessagePart Set(MessagePart part)
    {
        Settle();
        var index = part.PartId == 0 ? -1 : _parts.FindLastIndex(p => p.PartId == part.PartId);
        if (index >= 0)
        {
            _parts[index] = part;
        }
        else
        {
            part = part.PartId == 0 ? part with { PartId = _lastId + 1 } : part;
            _lastId = Math.Max(_lastId, part.PartId);
            _parts.Add(part);
        }

        if (index < 0 || index == _parts.Count - 1)
        {
            OpenLast();
        }

        return part;
    }

    /// <summary>Moves the appended text into the last part.</summary>
    public void Settle()
    {
        if (_parts is [.., TextPart text] && text.Text.Length != _open.Length)
        {
            _parts[^1] = text with { Text = _open.ToString() };
        }
        else if (_parts is [.., ReasoningPart reasoning] && reasoning.Text.Length != _open.Length)
        {
            _parts[^1] = reasoning with { Text = _open.ToString() };
        }
    }

    private void OpenLast()
    {
        _open.Clear();
        if (_parts is [.., var last])
        {
            _open.Append(PartList.TextOf(last));
        }
    }
}
