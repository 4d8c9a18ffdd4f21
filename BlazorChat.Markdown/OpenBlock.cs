using System.Collections.Immutable;

namespace BlazorChat.Markdown;

/// <summary>The block at the end of a live text, which the next token may still change.</summary>
public abstract record OpenBlock
{
    private protected OpenBlock()
    {
    }
}

/// <summary>
/// Prose, a list, a quotation, a table or any other block that is still growing, as a tree: what is long is an element with children, down
/// to pieces of a few words. Nodes that have not changed are the same instances as in the last frame, so only changed ones are sent,
/// however long the block and however deep its end.
/// </summary>
/// <param name="Shell">The elements around the nodes, from the outside in; empty when the nodes are root nodes.</param>
/// <param name="Nodes">The children of the innermost element.</param>
public sealed record OpenMarkup(ImmutableArray<OpenTag> Shell, ImmutableArray<OpenNode> Nodes) : OpenBlock
{
    /// <summary>The name of the element around the nodes, or null.</summary>
    public string? Container => Shell.IsEmpty ? null : Shell[^1].Name;
}

/// <summary>A code block that is still growing. Its text only ever gets longer, so viewers append and never replace.</summary>
/// <param name="Language">The checked name of the language for the label, or null.</param>
/// <param name="Chunks">Plain text (not HTML) in order; chunks of earlier frames stay the same string instances.</param>
public sealed record OpenCode(string? Language, ImmutableArray<string> Chunks) : OpenBlock;

/// <summary>The start tag of an element.</summary>
/// <param name="Source">The tag as HTML; tags with the same source are the same.</param>
/// <param name="Name">The name of the element.</param>
/// <param name="Attributes">Its attributes: plain text, not HTML.</param>
public sealed record OpenTag(string Source, string Name, ImmutableArray<KeyValuePair<string, string>> Attributes);

/// <summary>A node of an open block. Compared by reference.</summary>
public abstract class OpenNode
{
    private protected OpenNode()
    {
    }
}

/// <summary>Safe HTML, a few words or a small element.</summary>
/// <param name="html">The HTML.</param>
public sealed class OpenPiece(string html) : OpenNode
{
    /// <summary>The HTML; unchanged pieces have the same instance.</summary>
    public string Html { get; } = html;
}

/// <summary>An element that is too long to be sent again.</summary>
/// <param name="tag">Its start tag.</param>
/// <param name="children">Its children.</param>
public sealed class OpenElement(OpenTag tag, ImmutableArray<OpenNode> children) : OpenNode
{
    /// <summary>Its start tag.</summary>
    public OpenTag Tag { get; } = tag;

    /// <summary>Its children.</summary>
    public ImmutableArray<OpenNode> Children { get; } = children;
}

/// <summary>The state of a live text: its closed blocks and its open block.</summary>
/// <param name="Closed">Blocks that no later token changes, oldest first.</param>
/// <param name="Open">The growing block, or null between blocks and at the end.</param>
public sealed record MarkdownFrame(ImmutableArray<MarkdownBlock> Closed, OpenBlock? Open)
{
    /// <summary>The frame of an empty text.</summary>
    public static MarkdownFrame Empty { get; } = new([], null);
}
