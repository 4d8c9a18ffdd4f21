using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Rooms;

/// <summary>
/// A message as an open room holds it: with its rendered blocks, made once and shared by every circuit, and, while an
/// assistant writes it, its live text. Instances are compared by reference: a changed message is a new instance.
/// </summary>
public sealed class RoomMessage
{
    private readonly Lazy<ImmutableArray<MarkdownBlock>> _blocks;

    /// <summary>An ended message, rendered when it is first looked at.</summary>
    public RoomMessage(Message message)
    {
        Message = message;
        _blocks = new(() => MarkdownRenderer.Render(message.Text));
    }

    /// <summary>An ended message whose blocks are there already.</summary>
    public RoomMessage(Message message, ImmutableArray<MarkdownBlock> blocks)
    {
        Message = message;
        _blocks = new(blocks);
    }

    /// <summary>A newer state of a message with the same text, which is not rendered again.</summary>
    public RoomMessage(Message message, RoomMessage before)
    {
        Message = message;
        _blocks = before._blocks;
    }

    /// <summary>A message that an assistant is writing.</summary>
    public RoomMessage(Message message, LiveReply live)
        : this(message, []) => Live = live;

    /// <summary>The message as stored; of a running answer as it was at its start.</summary>
    public Message Message { get; }

    /// <summary>The rendered text; empty of a running answer, whose text is in <see cref="Live"/>.</summary>
    public ImmutableArray<MarkdownBlock> Blocks => _blocks.Value;

    /// <summary>The running answer's text, or null once it has ended.</summary>
    public LiveReply? Live { get; }
}
