using System.Collections.Immutable;
using BlazorChat.Markdown;
using BlazorChat.Messages;

namespace BlazorChat.Live;

/// <summary>A part of a message with its rendered text.</summary>
/// <param name="Part">The part.</param>
/// <param name="Blocks">The blocks of a text or reasoning part; empty for other parts.</param>
public sealed record RenderedPart(MessagePart Part, ImmutableArray<MarkdownBlock> Blocks)
{
    /// <summary>Renders a part. People's texts are not Markdown in full: what they type stays as it is.</summary>
    public static RenderedPart Of(MessagePart part, Author author) =>
        new(part, PartList.TextOf(part) is not { } text ? [] : author.Kind == AuthorKind.Person ? MarkdownRenderer.RenderTyped(text) : MarkdownRenderer.Render(text));
}
