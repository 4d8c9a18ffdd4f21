using System.Collections.Immutable;
using BlazorChat.Markdown;
using BlazorChat.Messages;

namespace BlazorChat.Live;

/// <summary>
/// A message as it is shown. Its parts are rendered once and shared by all circuits. While an assistant writes the message, the frame
/// also has the running response. Instances are compared by reference: a changed message is a new instance.
/// </summary>
public sealed class MessageFrame
{
    private readonly Lazy<ImmutableArray<RenderedPart>> _parts;

    /// <summary>Creates the frame of a message that is not live. It is rendered when it is first shown.</summary>
    public MessageFrame(Message message)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => [.. message.Parts.Select(part => RenderedPart.Of(part, message.Author))]))
    {
    }

    /// <summary>Creates the frame of an ended response. Blocks that have not changed since it ran are not rendered again.</summary>
    internal MessageFrame(Message message, ResponseProjection ended)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => ended.Complete(message), LazyThreadSafetyMode.PublicationOnly))
    {
    }

    /// <summary>Creates the frame of a message's newer state. Unchanged parts are not rendered again.</summary>
    public MessageFrame(Message message, MessageFrame before)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => Reuse(message, before.Parts)))
    {
    }

    /// <summary>Creates the frame of a message that an assistant is writing.</summary>
    internal static MessageFrame Running(Message message, ResponseProjection live) => new(message, new Lazy<ImmutableArray<RenderedPart>>([])) { Live = live };

    private MessageFrame(Message message, Lazy<ImmutableArray<RenderedPart>> parts)
    {
        Message = message;
        _parts = parts;
    }

    /// <summary>The stored message. A running response is as it was at its start.</summary>
    public Message Message { get; }

    /// <summary>The rendered parts. Empty for a running response, whose parts are in <see cref="Live"/>.</summary>
    public ImmutableArray<RenderedPart> Parts => _parts.Value;

    /// <summary>The parts that have been rendered so far: all, or none.</summary>
    internal ImmutableArray<RenderedPart> Rendered => _parts.IsValueCreated ? _parts.Value : [];

    /// <summary>The blocks of all text parts.</summary>
    public ImmutableArray<MarkdownBlock> Blocks => Parts switch
    {
        [] => [],
        [{ Part: TextPart } only] => only.Blocks,
        var several => [.. several.Where(p => p.Part is TextPart).SelectMany(p => p.Blocks)],
    };

    /// <summary>The running response; null for a message that has ended.</summary>
    public ResponseProjection? Live { get; private init; }

    private static ImmutableArray<RenderedPart> Reuse(Message message, ImmutableArray<RenderedPart> before)
    {
        var parts = ImmutableArray.CreateBuilder<RenderedPart>(message.Parts.Length);
        foreach (var part in message.Parts)
        {
            var known = before.FirstOrDefault(b => b.Part.PartId == part.PartId);
            parts.Add(known is not null && IsSameText(known.Part, part) ? known with { Part = part } : RenderedPart.Of(part, message.Author));
        }

        return parts.MoveToImmutable();
    }

    private static bool IsSameText(MessagePart a, MessagePart b) =>
        a.GetType() == b.GetType() && PartList.TextOf(a) is { } text && text == PartList.TextOf(b);
}
