using System.Collections.Immutable;
using BlazorChat.Markdown;
using BlazorChat.Messages;

namespace BlazorChat.Live;

/// <summary>
/// A message as it is shown: with its rendered parts, made once and shared by every circuit, and, while an assistant writes
/// it, what is live of it. Instances are compared by reference: a changed message is a new instance.
/// </summary>
public sealed class MessageFrame
{
    private readonly Lazy<ImmutableArray<RenderedPart>> _parts;

    /// <summary>A message that is not live, rendered when it is first looked at.</summary>
    public MessageFrame(Message message)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => [.. message.Parts.Select(RenderedPart.Of)]))
    {
    }

    /// <summary>A message that has ended; of what was shown of it while it ran, blocks that did not change are not made again.</summary>
    internal MessageFrame(Message message, ResponseProjection ended)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => ended.Complete(message), LazyThreadSafetyMode.PublicationOnly))
    {
    }

    /// <summary>A newer state of a message; what is the same in it is not rendered again.</summary>
    public MessageFrame(Message message, MessageFrame before)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => Reuse(message, before.Parts)))
    {
    }

    /// <summary>A message that an assistant is writing.</summary>
    internal static MessageFrame Running(Message message, ResponseProjection live) => new(message, new Lazy<ImmutableArray<RenderedPart>>([])) { Live = live };

    private MessageFrame(Message message, Lazy<ImmutableArray<RenderedPart>> parts)
    {
        Message = message;
        _parts = parts;
    }

    /// <summary>The message as stored; of a running response as it was at its start.</summary>
    public Message Message { get; }

    /// <summary>The rendered parts; empty of a running response, whose parts are in <see cref="Live"/>.</summary>
    public ImmutableArray<RenderedPart> Parts => _parts.Value;

    /// <summary>The blocks of all text parts.</summary>
    public ImmutableArray<MarkdownBlock> Blocks => Parts switch
    {
        [] => [],
        [{ Part: TextPart } only] => only.Blocks,
        var several => [.. several.Where(p => p.Part is TextPart).SelectMany(p => p.Blocks)],
    };

    /// <summary>The running response, or null when nothing comes.</summary>
    public ResponseProjection? Live { get; private init; }

    private static ImmutableArray<RenderedPart> Reuse(Message message, ImmutableArray<RenderedPart> before)
    {
        var parts = ImmutableArray.CreateBuilder<RenderedPart>(message.Parts.Length);
        foreach (var part in message.Parts)
        {
            var known = before.FirstOrDefault(b => b.Part.PartId == part.PartId);
            parts.Add(known is not null && IsSameText(known.Part, part) ? known with { Part = part } : RenderedPart.Of(part));
        }

        return parts.MoveToImmutable();
    }

    private static bool IsSameText(MessagePart a, MessagePart b) =>
        a.GetType() == b.GetType() && PartList.TextOf(a) is { } text && text == PartList.TextOf(b);
}
