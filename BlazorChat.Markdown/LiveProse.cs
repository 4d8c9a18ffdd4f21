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

    // The element that BlockHtml writes around a paragraph that is not plain.
    private const string Paragraph = "p";
    private const string ParagraphStart = "<p dir=\"auto\">";
    private const string ParagraphEnd = "</p>";

    private ImmutableArray<string> _settled = [];
    private string? _container;
    private int? _start;
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
        _shown = MarkdownRenderer.Parse(display, MarkdownPipelines.Live) is { } parsed
            ? Reuse(Render(parsed))
            : Reuse(new OpenMarkup(null, null, [.. _settled, MarkdownRenderer.Plain(display).Html]));
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
            QuoteBlock { Count: > 1 } quote when Unsettled == quote.Count => LineStart(text, quote[^1].Span.Start),
            ParagraphBlock when isTable && _shown.Container == "table" => text.AsSpan().TrimEnd('\n').LastIndexOf('\n') + 1,
            ParagraphBlock paragraph when !isTable && _shown.Container is null or Paragraph => CutOfParagraph(text, paragraph.Span.Start),
            _ => 0,
        };
        if (cut <= Context.Length)
        {
            return 0;
        }

        if (isTable)
        {
            var secondLine = text.IndexOf('\n', block.Span.Start) + 1;
            var rows = text.IndexOf('\n', secondLine) + 1;
            if (cut <= rows)
            {
                return 0;
            }

            Context = text[LineStart(text, block.Span.Start)..rows];
            _settled = _shown.Pieces[..^1];
        }
        else if (block is ParagraphBlock)
        {
            _settled = _settled.AddRange(MarkdownRenderer.Render(text[..cut]).Select(block => ParagraphPiece(block.Html)));
            Context = MidParagraph;
        }
        else
        {
            _settled = _shown.Pieces[..^1];
        }

        // The settled parts of a paragraph are paragraphs themselves.
        _container = _shown.Container == Paragraph ? null : _shown.Container;
        _start = _shown.Start;
        return cut;
    }

    private int Unsettled => _shown!.Pieces.Length - _settled.Length;

    // Holds back and closes the end of the text if its last block is one that the next token may continue.
    private static string Finish(string display, string text, MarkdownDocument structure)
    {
        if (LastLeaf(structure) is not { } leaf || leaf is CodeBlock || leaf.Span.Start >= display.Length)
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

    private OpenMarkup? Render(MarkdownDocument parsed)
    {
        var html = new BlockHtml();
        var visible = parsed.Where(block => block is not LinkReferenceDefinitionGroup).ToList();
        if (visible is [var only] && BlockHtml.ContainerOf(only) is { } container && (_container ?? container) == container)
        {
            // A settled table is parsed with its head, which is already among the settled pieces.
            var pieces = html.RenderPieces(only).Skip(_settled.Length > 0 && container == "table" ? 1 : 0);
            return new OpenMarkup(container, _settled.IsEmpty ? BlockHtml.StartOf(only) : _start, [.. _settled, .. pieces]);
        }

        if (visible is [ParagraphBlock paragraph] && Context.Length == 0
            && html.Render(paragraph) is var whole && whole.StartsWith(ParagraphStart, StringComparison.Ordinal) && whole.EndsWith(ParagraphEnd, StringComparison.Ordinal))
        {
            return new OpenMarkup(Paragraph, null, InlinePieces.Split(whole[ParagraphStart.Length..^ParagraphEnd.Length]));
        }

        var blocks = visible.Select(html.Render).Where(piece => piece.Length > 0);
        var roots = ImmutableArray.CreateRange(_settled.Concat(Context == MidParagraph ? blocks.Select(ParagraphPiece) : blocks));
        return roots.IsEmpty ? null : new OpenMarkup(_container, _start, roots);
    }

    private static string ParagraphPiece(string html) => html.Replace(MidParagraph, "", StringComparison.Ordinal);

    // Unchanged pieces stay the same instances, and so does an unchanged block.
    private OpenMarkup? Reuse(OpenMarkup? next)
    {
        if (next is null || _shown is null)
        {
            return next;
        }

        var pieces = next.Pieces.ToBuilder();
        var isSame = next.Container == _shown.Container && next.Start == _shown.Start && pieces.Count == _shown.Pieces.Length;
        for (var i = 0; i < Math.Min(pieces.Count, _shown.Pieces.Length); i++)
        {
            if (ReferenceEquals(pieces[i], _shown.Pieces[i]))
            {
                continue;
            }

            if (pieces[i] == _shown.Pieces[i])
            {
                pieces[i] = _shown.Pieces[i];
            }
            else
            {
                isSame = false;
            }
        }

        return isSame ? _shown : next with { Pieces = pieces.DrainToImmutable() };
    }
}
