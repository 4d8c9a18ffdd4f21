using System.Collections.Immutable;

namespace BlazorChat.Markdown;

/// <summary>The block at the end of a live text, which the next token may still change.</summary>
public abstract record OpenBlock
{
    private protected OpenBlock()
    {
    }
}

/// <summary>Prose, a list, a quotation or a table that is still growing.</summary>
/// <param name="Container">
/// The element around the pieces (<c>p</c>, <c>ul</c>, <c>ol</c>, <c>blockquote</c> or <c>table</c>), or null when the pieces are root
/// nodes.
/// </param>
/// <param name="Start">The first number of an <c>ol</c>, or null when it is 1.</param>
/// <param name="Pieces">
/// Safe HTML of the container's children in order. An unchanged piece is the same string instance as in the last frame, so that only the
/// changed one is sent.
/// </param>
public sealed record OpenMarkup(string? Container, int? Start, ImmutableArray<string> Pieces) : OpenBlock;

/// <summary>A code block that is still growing. Its text only ever gets longer, so viewers append and never replace.</summary>
/// <param name="Language">The checked name of the language for the label, or null.</param>
/// <param name="Chunks">Plain text (not HTML) in order; chunks of earlier frames stay the same string instances.</param>
public sealed record OpenCode(string? Language, ImmutableArray<string> Chunks) : OpenBlock;

/// <summary>The state of a live text: its closed blocks and its open block.</summary>
/// <param name="Closed">Blocks that no later token changes, oldest first.</param>
/// <param name="Open">The growing block, or null between blocks and at the end.</param>
public sealed record MarkdownFrame(ImmutableArray<MarkdownBlock> Closed, OpenBlock? Open)
{
    /// <summary>The frame of an empty text.</summary>
    public static MarkdownFrame Empty { get; } = new([], null);
}
