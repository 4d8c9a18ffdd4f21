using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;

namespace BlazorChat.Markdown;

/// <summary>
/// The Markdig pipelines. Every extension is listed here: <c>UseAdvancedExtensions</c> would include generic attributes, which let the text
/// choose ids, classes and event handlers.
/// </summary>
internal static class MarkdownPipelines
{
    /// <summary>
    /// CommonMark without raw HTML, with pipe tables, task lists, strikethrough, bare URLs, footnotes, callouts, folded content and a few
    /// tags. Used for everything that models write.
    /// </summary>
    public static MarkdownPipeline Full { get; } = CreateFull(InlineBudget.Finished);

    /// <summary>The same as <see cref="Full"/> with a smaller budget, for text that is parsed again and again while it grows.</summary>
    public static MarkdownPipeline Live { get; } = CreateFull(InlineBudget.Live);

    /// <summary>
    /// The same blocks without their inlines. Finds the top-level blocks of a live text at a fraction of the cost. A table is still a
    /// paragraph here, because Markdig finds tables among the inlines.
    /// </summary>
    public static MarkdownPipeline Structure { get; } = CreateStructure();

    private static MarkdownPipeline CreateFull(InlineBudget budget)
    {
        var builder = CreateBuilder();
        var inlines = builder.InlineParsers;
        inlines.Insert(0, new PipeTableParser(inlines.FindExact<LineBreakInlineParser>()!, new PipeTableOptions { RequireHeaderSeparator = true }));
        inlines.Replace<EmphasisInlineParser>(new EmphasisMarkParser());
        inlines.Replace<EscapeInlineParser>(new BackslashParser());
        inlines.InsertBefore<LinkInlineParser>(new StrictTaskListParser());
        inlines.InsertBefore<LinkInlineParser>(new FootnoteReferenceParser());
        inlines.InsertBefore<AutolinkInlineParser>(new TagParser());
        inlines.Insert(0, new DollarParser());
        inlines.Insert(0, new BareLinkParser());
        builder.BlockParsers.Find<ParagraphBlockParser>()!.Closed += budget.Spend;
        builder.BlockParsers.Find<HeadingBlockParser>()!.Closed += budget.Spend;
        return builder.Build();
    }

    private static MarkdownPipeline CreateStructure()
    {
        var builder = CreateBuilder();
        builder.InlineParsers.Clear();
        return builder.Build();
    }

    private static MarkdownPipelineBuilder CreateBuilder()
    {
        var builder = new MarkdownPipelineBuilder().DisableHtml();
        builder.BlockParsers.Replace<QuoteBlockParser>(new BoundedQuoteParser());
        builder.BlockParsers.Replace<ListBlockParser>(new BoundedListParser());
        builder.BlockParsers.Replace<FencedCodeBlockParser>(new FenceParser());
        builder.BlockParsers.Insert(0, new DetailsParser());
        builder.BlockParsers.Insert(0, new FootnoteParser());
        builder.BlockParsers.Insert(0, new FormulaParser());

        // For both pipelines; the pipe table extension only adds it where it is missing. Without it, '--|--' would be an item of a list.
        builder.BlockParsers.Insert(0, new PipeTableBlockParser());
        TableBoundaryParser.AddTo(builder.BlockParsers);
        return builder;
    }
}
