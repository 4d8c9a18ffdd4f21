using System.Collections.Immutable;
using System.Text;

namespace BlazorChat.Messages;

/// <summary>
/// The parts of a message that is being written. Text that comes in pieces is gathered in a builder, so that a long part costs no
/// more per piece than a short one. Not thread-safe.
/// </summary>
internal sealed class MessageDraft
{
    private readonly List<MessagePart> _parts;
    private readonly StringBuilder _open = new();
    private int _lastId;

    /// <summary>A draft that goes on with what is there.</summary>
    public MessageDraft(ImmutableArray<MessagePart> parts)
    {
        _parts = [.. PartList.Numbered(parts)];
        _lastId = PartList.LastId(_parts);
        OpenLast();
    }

    /// <summary>The parts; of the last one, the text is that of its beginning until <see cref="Settle"/>.</summary>
    public IReadOnlyList<MessagePart> Parts => _parts;

    /// <summary>Adds text to the last part.</summary>
    /// <exception cref="InvalidOperationException">The last part is another, or not text or reasoning.</exception>
    public void Append(int partId, string text)
    {
        if (_parts is not [.., (TextPart or ReasoningPart) and { PartId: var last }] || last != partId)
        {
            throw new InvalidOperationException("There is no text to add to.");
        }

        _open.Append(text);
    }

    /// <summary>Puts a part in the place of the one with its id, or at the end; there, one without an id gets one.</summary>
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

    /// <summary>Brings the last part up to date with what was added to it.</summary>
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
