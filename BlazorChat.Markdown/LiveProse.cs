using System.Collections.Immutable;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// The open block of a live text as shown: parsed again for each frame, with an uncertain end held back and unfinished inlines closed. A
/// long block settles: its earlier pieces are kept and no longer parsed.
/// </summary>
internal sealed class LiveProse
{
    /// <summary>Characters of one open block that are parsed per frame before its earlier pieces settle; about 0.3 ms.</summary>
    public const int SettleLength = 8 * 1024;

    // Put before the rest of a paragraph, so that it is parsed as the middle of one: "2. " and "# " start no block there. A zero-width
    // space, which no trimming removes.
    private const string MidParagraph = "\u200B ";

    // This much of a paragraph's text stays unsettled, for emphasis that may still be open and for the latest words.
    private const int KeptOfParagraph = 2 * 1024;

    // Put before the rest of folded content.
    private const string MidDetails = DetailsParser.Start + "\n";

    private const string Paragraph = "p";

    private ImmutableArray<OpenNode> _settled = [];
    private ImmutableArray<OpenTag> _shell = [];
    private ListNumber _number;
    private OpenMarkup? _shown;

    /// <summary>Text to parse before the unsettled rest, for example a table's head.</summary>
    public string Context { get; private set; } = "";

    /// <summary>Renders the open block.</summary>
    /// <param name="text"><see cref="Context"/> and the unsettled text of the block, up to the current end.</param>
    /// <param name="certain">The length of its certain part (<see cref="LiveEnd.CertainLength"/>).</param>
    /// <param name="structure">The parsed structure of the certain part.</param>
    public OpenMarkup? Show(string text, int certain, MarkdownDocument structure)
    {
        if (text.Length - certain > LiveEnd.MaxHeldBack
            && MarkdownRenderer.Parse(text, MarkdownPipelines.Structure) is { } whole)
        {
            (certain, structure) = (text.Length, whole);
        }

        var display = Finish(text[..certain], text, structure);
        _shown = Reuse(Render(display));
        return _shown;
    }

    /// <summary>Settles the earlier pieces of a long block, as they were last shown.</summary>
    /// <returns>The position in <paramref name="text"/> where the unsettled rest begins, or 0 when nothing can settle.</returns>
    public int Settle(string text, Block block)
    {
        if (_shown is null || text.Length < SettleLength)
        {
            return 0;
        }

        var isTable = block is ParagraphBlock head && LiveEnd.IsTable(text, head);
        var cut = block switch
        {
            ListBlock { Count: > 1 } list when Unsettled == list.Count => LineStart(text, list[^1].Span.Start),
            QuoteBlock { Count: > 1 } quote when Unsettled == quote.Count + (IsFirst && BoundedQuoteParser.CalloutOf(quote) is not null ? 1 : 0) =>
                LineStart(text, quote[^1].Span.Start),
            DetailsBlock { Count: > 2 } details when Unsettled == details.Count + (IsFirst && details.Summary is null ? 1 : 0) =>
                LineStart(text, details[^1].Span.Start),
            ParagraphBlock when isTable && _shown.Container == "table" => text.AsSpan().TrimEnd('\n').LastIndexOf('\n') + 1,
            ParagraphBlock paragraph when !isTable && _shown.Container == Paragraph => CutOfParagraph(text, paragraph.Span.Start),
            _ => 0,
        };
        if (cut <= Context.Length)
        {
            return 0;
        }

        return isTable ? SettleRows(text, block, cut) : block is ParagraphBlock ? SettleWords(text, cut) : SettleParts(block, cut);
    }

    private bool IsFirst => _settled.IsEmpty;

    private int Unsettled => _shown!.Nodes.Length - _settled.Length;

    private int SettleRows(string text, Block block, int cut)
    {
        var secondLine = text.IndexOf('\n', block.Span.Start) + 1;
        var rows = text.IndexOf('\n', secondLine) + 1;
        if (cut <= rows)
        {
            return 0;
        }

        Context = text[LineStart(text, block.Span.Start)..rows];
        Keep(_shown!.Nodes[..^1]);
        return cut;
    }

    private int SettleWords(string text, int cut)
    {
        var words = Render(text[..cut]);
        if (words?.Container != Paragraph)
        {
            return 0;
        }

        // What was at the cut, as it is shown between words.
        var between = new OpenPiece(text[cut - 1] == '\n' ? "<br>" : text[cut - 1] == ' ' ? " " : "");
        Keep(OpenTree.Reuse(_shown!.Nodes, words.Nodes.Add(between)));
        Context = MidParagraph;
        return cut;
    }

    private int SettleParts(Block block, int cut)
    {
        if (block is ListBlock list)
        {
            foreach (var item in list.Take(list.Count - 1).OfType<ListItemBlock>())
            {
                _number = _number.Next(item.Order);
            }
        }

        Context = block is DetailsBlock ? MidDetails : "";
        Keep(_shown!.Nodes[..^1]);
        return cut;
    }

    private void Keep(ImmutableArray<OpenNode> nodes)
    {
        _settled = nodes;
        _shell = _shown!.Shell;
    }

    // Holds back and closes the end of the text if its last block is one that the next token may continue.
    private static string Finish(string display, string text, MarkdownDocument structure)
    {
        if (LastLeaf(structure) is not { } leaf || leaf is CodeBlock or FormulaBlock || leaf.Span.Start >= display.Length)
        {
            return display;
        }

        var newLines = text.AsSpan(Math.Min(leaf.Span.End + 1, text.Length)).Count('\n');
        if (newLines > (leaf is ParagraphBlock ? 1 : 0))
        {
            return display;
        }

        var start = leaf.Span.Start;
        if (leaf is ParagraphBlock paragraph)
        {
            var head = LiveEnd.TableHeadStart(display, paragraph);
            if (head < display.Length)
            {
                display = display[..head];
            }
            else if (LiveEnd.IsTable(display, paragraph))
            {
                start = LastCell(display, start);
            }
        }

        return start < display.Length ? OpenInline.Finish(WithoutClosingMarks(display, leaf), start) : display;
    }

    // "# Title #": marks at a heading's end may close it.
    private static string WithoutClosingMarks(string display, LeafBlock leaf)
    {
        var content = leaf is HeadingBlock ? display.AsSpan().TrimEnd(' ').TrimEnd('#') : display;
        return content.Length < display.Length && content.EndsWith(" ") ? content.ToString() : display;
    }

    private static LeafBlock? LastLeaf(MarkdownDocument structure)
    {
        Block? last = structure;
        while (last is ContainerBlock container)
        {
            last = container.LastOrDefault(child => child is not LinkReferenceDefinitionGroup);
        }

        return last as LeafBlock;
    }

    private static int LastCell(string display, int start)
    {
        var line = Math.Max(start, display.LastIndexOf('\n') + 1);
        var cell = line;
        for (var i = line; i < display.Length; i++)
        {
            cell = display[i] == '|' && (i == 0 || display[i - 1] != '\\') ? i + 1 : cell;
        }

        return cell;
    }

    private static int LineStart(string text, int position) => position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;

    // The end of a line, otherwise of a sentence, otherwise of a word.
    private int CutOfParagraph(string text, int start)
    {
        var from = Math.Max(start, Context.Length) + KeptOfParagraph;
        var until = text.Length - KeptOfParagraph;
        if (until <= from)
        {
            return 0;
        }

        var settling = text.AsSpan(from, until - from);
        var line = settling.LastIndexOf('\n');
        var sentence = settling.LastIndexOf(". ");
        var word = settling.LastIndexOf(' ');
        var cut = line >= 0 ? line + 1 : sentence >= 0 ? sentence + 2 : word >= 0 ? word + 1 : settling.Length;
        return from + cut - (char.IsLowSurrogate(text[from + cut]) ? 1 : 0);
    }

    private OpenMarkup? Render(string text)
    {
        if (MarkdownRenderer.Parse(text, MarkdownPipelines.Live) is not { } parsed)
        {
            return WithSettled(OpenTree.Of(MarkdownRenderer.Plain(text).Html));
        }

        var html = new BlockHtml();
        var blocks = string.Concat(parsed.Select(block => html.Render(block, _number)));
        if (Context == MidParagraph)
        {
            blocks = blocks.Replace(MidParagraph, "", StringComparison.Ordinal);
        }

        return blocks.Length > 0 || !IsFirst ? WithSettled(OpenTree.Of(blocks)) : null;
    }

    private OpenMarkup WithSettled(OpenMarkup rest)
    {
        if (IsFirst)
        {
            return rest;
        }

        // A settled table is parsed with its head and folded content with its summary, which are already among the settled nodes.
        var isSame = rest.Container == _shell[^1].Name;
        var known = isSame && rest.Container is "table" or "details" ? 1 : 0;
        return new OpenMarkup(_shell, _settled.AddRange(isSame ? rest.Nodes.Skip(known) : [new OpenElement(rest.Shell.IsEmpty ? _shell[^1] : rest.Shell[0], rest.Nodes)]));
    }

    // Unchanged nodes stay the same instances, and so does an unchanged block.
    private OpenMarkup? Reuse(OpenMarkup? next)
    {
        if (next is null || _shown is null)
        {
            return next;
        }

        var isSame = next.Shell.SequenceEqual(_shown.Shell, TagComparer);
        var nodes = OpenTree.Reuse(_shown.Nodes, next.Nodes);
        return isSame && nodes == _shown.Nodes ? _shown : new OpenMarkup(isSame ? _shown.Shell : next.Shell, nodes);
    }

    private static readonly IEqualityComparer<OpenTag> TagComparer =
        EqualityComparer<OpenTag>.Create((a, b) => a?.Source == b?.Source, tag => tag.Source.GetHashCode(StringComparison.Ordinal));
}
