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
    public string Render(Block block)
    {
        WriteBlock(block, nested: false);
        return Take();
    }

    /// <summary>The content of the container that <see cref="ContainerOf"/> names: items, rows or inner blocks.</summary>
    public IEnumerable<string> RenderPieces(Block block)
    {
        switch (block)
        {
            case Table table:
                foreach (var row in table.OfType<TableRow>())
                {
                    TableHtml.WriteRow(_html, table, row, _inlines);
                    yield return Take();
                }

                break;
            case ListBlock list:
                foreach (var item in list.OfType<ListItemBlock>())
                {
                    WriteItem(item, list.IsLoose);
                    yield return Take();
                }

                break;
            case QuoteBlock quote:
                foreach (var child in quote)
                {
                    WriteBlock(child, nested: true);
                    if (_html.Length > 0)
                    {
                        yield return Take();
                    }
                }

                break;
        }
    }

    /// <summary>The element around a block's pieces, or null when the block is a single piece.</summary>
    public static string? ContainerOf(Block block) => block switch
    {
        Table => "table",
        ListBlock list => list.IsOrdered ? "ol" : "ul",
        QuoteBlock => "blockquote",
        _ => null,
    };

    /// <summary>The first number of an ordered list, or null when it is 1.</summary>
    public static int? StartOf(Block block) =>
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
                WriteList(list);
                break;
            case QuoteBlock quote:
                _html.Append("<blockquote dir=\"auto\">");
                WriteBlocks(quote);
                _html.Append("</blockquote>");
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

    private void WriteList(ListBlock list)
    {
        var element = list.IsOrdered ? "ol" : "ul";
        _html.Append('<').Append(element).Append(" dir=\"auto\"");
        if (StartOf(list) is { } start)
        {
            _html.Append(" start=\"").Append(start).Append('"');
        }

        _html.Append('>');
        foreach (var item in list.OfType<ListItemBlock>())
        {
            WriteItem(item, list.IsLoose);
        }

        _html.Append("</").Append(element).Append('>');
    }

    private void WriteItem(ListItemBlock item, bool isLoose)
    {
        var isTask = item.Count > 0 && item[0] is ParagraphBlock { Inline.FirstChild: Markdig.Extensions.TaskLists.TaskList };
        _html.Append(isTask ? "<li class=\"task-item\">" : "<li>");
        foreach (var child in item)
        {
            // In a list without blank lines, an item's text is not in a paragraph.
            if (!isLoose && child is ParagraphBlock { Inline: not null } paragraph)
            {
                _inlines.WriteContent(paragraph);
            }
            else
            {
                WriteBlock(child, nested: true);
            }
        }

        _html.Append("</li>");
    }
}
