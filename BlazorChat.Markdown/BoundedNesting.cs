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
    /// Levels of quotations, lists, folded content and footnotes together. A blank line costs one visit per level. People and models stay below ten.
    /// </summary>
    public const int MaxDepth = 16;

    /// <summary>Whether one more container may be opened at the parser's position.</summary>
    public static bool HasRoom(BlockProcessor processor)
    {
        var depth = 0;
        for (Block? block = processor.GetCurrentContainerOpened(); block is not null; block = block.Parent)
        {
            if (block is QuoteBlock or ListBlock or DetailsBlock or FootnoteBlock && ++depth >= MaxDepth)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>
/// Markdig's quotations, at most <see cref="BoundedNesting.MaxDepth"/> deep. One that begins with a line such as <c>[!NOTE]</c> is a
/// callout, as on GitHub.
/// </summary>
internal sealed class BoundedQuoteParser : QuoteBlockParser
{
    private static readonly object CalloutKey = new();

    private static readonly string[] Callouts = ["note", "tip", "important", "warning", "caution"];

    /// <summary>The kind of callout that a quotation is, in lower case, or null.</summary>
    public static string? CalloutOf(QuoteBlock quote) => quote.GetData(CalloutKey) as string;

    /// <inheritdoc />
    public override bool Close(BlockProcessor processor, Block block)
    {
        if (block is QuoteBlock quote && CalloutOf(quote) is null && quote.Count > 0 && quote[0] is ParagraphBlock { Lines.Count: > 0 } first
            && KindOf(first.Lines.Lines[0].Slice.AsSpan().Trim()) is { } kind)
        {
            quote.SetData(CalloutKey, kind);
            if (first.Lines.Count == 1)
            {
                quote.RemoveAt(0);
            }
            else
            {
                first.Lines.RemoveAt(0);
                first.Span = new SourceSpan(first.Lines.Lines[0].Position, first.Span.End);
            }
        }

        return base.Close(processor, block);
    }

    private static string? KindOf(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("[!") && line.EndsWith("]"))
        {
            foreach (var kind in Callouts)
            {
                if (line[2..^1].Equals(kind, StringComparison.OrdinalIgnoreCase))
                {
                    return kind;
                }
            }
        }

        return null;
    }

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
