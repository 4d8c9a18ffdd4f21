using System.Globalization;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes a parsed text as safe HTML, block by block, and the open block piece by piece. The result has only what this class writes: no
/// ids, styles, handlers or attributes from the text.
/// </summary>
internal sealed class BlockHtml
{
    private readonly StringBuilder _html = new();
    private readonly InlineHtml _inlines;

    public BlockHtml() => _inlines = new InlineHtml(_html);

    /// <summary>One block; empty for blocks that are not shown, such as link definitions.</summary>
    /// <param name="block">The block.</param>
    /// <param name="before">For the rest of a list: the number of the item before.</param>
    public string Render(Block block, ListNumber before = default)
    {
        if (block is ListBlock list)
        {
            WriteList(list, before);
        }
        else
        {
            WriteBlock(block, nested: false);
        }

        return Take();
    }

    // The first number of an ordered list, or null when it is 1.
    private static int? StartOf(Block block) =>
        block is ListBlock { IsOrdered: true } list
        && int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
        && start != 1
            ? start
            : null;

    private string Take()
    {
        var html = _html.ToString();
        _html.Clear();
        return html;
    }

    // dir="auto" detects a block's direction from its own text and skips inner elements that have the attribute. It is set on the outermost
    // element that is read as one unit, so that the marks of lists and quotations are on the right side too.
    private void WriteBlock(Block block, bool nested)
    {
        switch (block)
        {
            case ParagraphBlock paragraph:
                WriteLeaf("p", paragraph, nested);
                break;
            case HeadingBlock heading:
                // The page uses h1 for itself and h2 for its parts, so a message begins at h3.
                WriteLeaf(heading.Level switch { 1 => "h3", 2 => "h4", 3 => "h5", _ => "h6" }, heading, nested);
                break;
            case ThematicBreakBlock:
                _html.Append("<hr>");
                break;
            case CodeBlock code:
                CodeBlockHtml.Write(_html, code);
                break;
            case Table table:
                TableHtml.Write(_html, table, _inlines);
                break;
            case ListBlock list:
                WriteList(list, default);
                break;
            case QuoteBlock quote:
                WriteQuote(quote);
                break;
            case DetailsBlock details:
                WriteDetails(details);
                break;
            case FootnoteBlock footnote:
                _html.Append("<div class=\"footnote\" dir=\"auto\"><span class=\"footnote-label\">[").AppendEscaped(footnote.Label).Append("]</span>");
                WriteBlocks(footnote);
                _html.Append("</div>");
                break;
            case FormulaBlock formula:
                WriteFormula(formula);
                break;
            case LinkReferenceDefinitionGroup or LinkReferenceDefinition or BlankLineBlock:
                break;
            case LeafBlock leaf:
                WriteLeaf("p", leaf, nested);
                break;
            case ContainerBlock container:
                WriteBlocks(container);
                break;
        }
    }

    private void WriteBlocks(ContainerBlock container)
    {
        foreach (var block in container)
        {
            WriteBlock(block, nested: true);
        }
    }

    private void WriteLeaf(string element, LeafBlock block, bool nested)
    {
        _html.Append('<').Append(element)
            .Append(InlineHtml.IsPlain(block) ? " class=\"plain\"" : "")
            .Append(nested ? ">" : " dir=\"auto\">");
        _inlines.WriteContent(block);
        _html.Append("</").Append(element).Append('>');
    }

    private void WriteQuote(QuoteBlock quote)
    {
        if (BoundedQuoteParser.CalloutOf(quote) is not { } kind)
        {
            _html.Append("<blockquote dir=\"auto\">");
        }
        else
        {
            // The title is our word, which says nothing about the direction of the text: <bdi> is skipped.
            _html.Append("<blockquote class=\"callout callout-").Append(kind).Append("\" dir=\"auto\"><p class=\"callout-title\"><bdi>")
                .Append(char.ToUpperInvariant(kind[0])).Append(kind, 1, kind.Length - 1).Append("</bdi></p>");
        }

        WriteBlocks(quote);
        _html.Append("</blockquote>");
    }

    private void WriteDetails(DetailsBlock details)
    {
        _html.Append("<details class=\"folded\" dir=\"auto\"><summary>");
        if (details.Summary is { } summary)
        {
            _inlines.WriteContent(summary);
        }
        else
        {
            _html.Append("Details");
        }

        _html.Append("</summary>");
        foreach (var child in details)
        {
            if (child is not SummaryBlock)
            {
                WriteBlock(child, nested: true);
            }
        }

        _html.Append("</details>");
    }

    private void WriteFormula(FormulaBlock formula)
    {
        _html.Append("<tex-block dir=\"ltr\" translate=\"no\">");
        for (var i = 0; i < formula.Lines.Count; i++)
        {
            _html.Append(i > 0 ? "\n" : "").AppendEscaped(formula.Lines.Lines[i].Slice.AsSpan());
        }

        _html.Append("</tex-block>");
    }

    private void WriteList(ListBlock list, ListNumber before)
    {
        var element = list.IsOrdered ? "ol" : "ul";
        _html.Append('<').Append(element).Append(list is { IsOrdered: true, OrderedDelimiter: ')' } ? " class=\"paren\"" : "").Append(" dir=\"auto\"");
        if (StartOf(list) is { } start)
        {
            _html.Append(" start=\"").Append(start).Append('"');
        }

        _html.Append('>');
        WriteItems(list, before);
        _html.Append("</").Append(element).Append('>');
    }

    private void WriteItems(ListBlock list, ListNumber before)
    {
        foreach (var item in list.OfType<ListItemBlock>())
        {
            before = WriteItem(item, list, before);
        }
    }

    private ListNumber WriteItem(ListItemBlock item, ListBlock list, ListNumber before)
    {
        var isTask = item.Count > 0 && item[0] is ParagraphBlock { Inline.FirstChild: Markdig.Extensions.TaskLists.TaskList };
        var number = list.IsOrdered ? before.Next(item.Order) : default;
        _html.Append(isTask ? "<li class=\"task-item\"" : number.IsWide ? "<li class=\"wide-number\"" : "<li");
        if (number.HasValue(before))
        {
            _html.Append(" value=\"").Append(number.Shown).Append('"');
        }

        _html.Append('>');
        foreach (var child in item)
        {
            // In a list without blank lines, an item's text is not in a paragraph.
            if (!list.IsLoose && child is ParagraphBlock { Inline: not null } paragraph)
            {
                _inlines.WriteContent(paragraph);
            }
            else
            {
                WriteBlock(child, nested: true);
            }
        }

        _html.Append("</li>");
        return number;
    }
}
