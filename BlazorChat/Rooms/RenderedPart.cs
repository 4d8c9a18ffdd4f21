using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Rooms;

/// <summary>A part of a message with its rendered text.</summary>
/// <param name="Part">The part.</param>
/// <param name="Blocks">The blocks of text and reasoning; empty for others.</param>
public sealed record RenderedPart(MessagePart Part, ImmutableArray<MarkdownBlock> Blocks)
{
    /// <summary>Renders a part.</summary>
    public static RenderedPart Of(MessagePart part) => new(part, TextOf(part) is { } text ? MarkdownRenderer.Render(text) : []);

    /// <summary>The Markdown of a part that is text; null for others.</summary>
    internal static string? TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        _ => null,
    };
}
