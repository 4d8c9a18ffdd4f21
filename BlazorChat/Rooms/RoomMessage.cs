using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Rooms;

/// <summary>
/// A message as an open room holds it: with its rendered parts, made once and shared by every circuit, and, while an
/// assistant writes it, what is live of it. Instances are compared by reference: a changed message is a new instance.
/// </summary>
public sealed class RoomMessage
{
    private readonly Lazy<ImmutableArray<RenderedPart>> _parts;

    /// <summary>A message that is not live, rendered when it is first looked at.</summary>
    public RoomMessage(Message message)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => [.. message.Parts.Select(RenderedPart.Of)]))
    {
    }

    /// <summary>A message that is not live and whose parts are rendered already.</summary>
    public RoomMessage(Message message, ImmutableArray<RenderedPart> parts)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(parts))
    {
    }

    /// <summary>A newer state of a message; what is the same in it is not rendered again.</summary>
    public RoomMessage(Message message, RoomMessage before)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>(() => Reuse(message, before.Parts)))
    {
    }

    /// <summary>A message that an assistant is writing.</summary>
    public RoomMessage(Message message, LiveResponse live)
        : this(message, new Lazy<ImmutableArray<RenderedPart>>([])) => Live = live;

    private RoomMessage(Message message, Lazy<ImmutableArray<RenderedPart>> parts)
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
    public LiveResponse? Live { get; }

    private static ImmutableArray<RenderedPart> Reuse(Message message, ImmutableArray<RenderedPart> before)
    {
        var parts = ImmutableArray.CreateBuilder<RenderedPart>(message.Parts.Length);
        for (var i = 0; i < message.Parts.Length; i++)
        {
            var part = message.Parts[i];
            parts.Add(i < before.Length && IsSameText(before[i].Part, part) ? before[i] with { Part = part } : RenderedPart.Of(part));
        }

        return parts.MoveToImmutable();
    }

    private static bool IsSameText(MessagePart a, MessagePart b) =>
        a.GetType() == b.GetType() && RenderedPart.TextOf(a) is { } text && text == RenderedPart.TextOf(b);
}
