using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// How deep quotations and lists nest. Past it their marks stay text: nothing is cut away, no stack overflows, and the
/// parser, which visits every open container for each line, stays linear.
/// </summary>
internal static class BoundedNesting
{
    /// <summary>Levels of quotations and lists together; a blank line costs a visit of each. People and models stay below ten.</summary>
    public const int MaxDepth = 16;

    /// <summary>Whether one more container may be opened at the parser's position.</summary>
    public static bool HasRoom(BlockProcessor processor)
    {
        var depth = 0;
        for (Block? block = processor.GetCurrentContainerOpened(); block is not null; block = block.Parent)
        {
            if (block is QuoteBlock or ListBlock && ++depth >= MaxDepth)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Markdig's quotations, no deeper than <see cref="BoundedNesting.MaxDepth"/>.</summary>
internal sealed class BoundedQuoteParser : QuoteBlockParser
{
    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.HasRoom(processor) ? base.TryOpen(processor) : BlockState.None;
}

/// <summary>
/// Markdig's lists, no deeper than <see cref="BoundedNesting.MaxDepth"/>, and ended by a thematic break (<c>* * *</c>) also while
/// a fence stands open in them: Markdig reads items there, other than for the same line alone.
/// </summary>
internal sealed class BoundedListParser : ListBlockParser
{
    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.HasRoom(processor) ? base.TryOpen(processor) : BlockState.None;

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block) =>
        // A width below zero is that of an item whose first line is empty. What is indented belongs to the fence.
        block is ListItemBlock item && processor.CurrentBlock is FencedCodeBlock && processor.Indent < Math.Abs(item.ColumnWidth) && IsThematicBreak(processor)
            ? BlockState.None
            : base.TryContinue(processor, block);

    private static bool IsThematicBreak(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan();
        return !processor.IsCodeIndent && processor.CurrentChar is '*' or '-'
            && line.Count(processor.CurrentChar) >= 3 && line.IndexOfAnyExcept(processor.CurrentChar, ' ', '\t') < 0;
    }
}
