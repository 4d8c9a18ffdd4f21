using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Bounds the nesting of quotations and lists. Marks beyond the bound stay text: nothing is cut, no stack overflows, and the parser, which
/// visits every open container for each line, stays linear.
/// </summary>
internal static class BoundedNesting
{
    /// <summary>
    /// Levels of quotations and lists together. A blank line costs one visit per level. People and models stay below ten.
    /// </summary>
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

/// <summary>Markdig's quotations, at most <see cref="BoundedNesting.MaxDepth"/> deep.</summary>
internal sealed class BoundedQuoteParser : QuoteBlockParser
{
    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.HasRoom(processor) ? base.TryOpen(processor) : BlockState.None;
}

/// <summary>
/// Markdig's lists, at most <see cref="BoundedNesting.MaxDepth"/> deep. A thematic break (<c>* * *</c>) ends a list even while a fence is
/// open in it. Markdig would read such a line as items there, unlike everywhere else.
/// </summary>
internal sealed class BoundedListParser : ListBlockParser
{
    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor) =>
        BoundedNesting.HasRoom(processor) ? base.TryOpen(processor) : BlockState.None;

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block) =>
        // A negative width belongs to an item whose first line is empty. Indented lines belong to the fence.
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
