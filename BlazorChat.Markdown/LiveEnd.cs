using System.Buffers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Finds the uncertain end of a live text. <c>#</c> may become a heading, a tag or a closing mark. What the next token decides is neither
/// shown nor treated as the beginning of a block.
/// </summary>
internal static class LiveEnd
{
    /// <summary>The most characters that are ever held back from the screen. A longer uncertain end is shown as it is.</summary>
    public const int MaxHeldBack = 200;

    private const string ContainerMarks = " \t>*+-.)0123456789";

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Marks = SearchValues.Create("#*-_+=~`>|:.)0123456789 \t");

    /// <summary>
    /// The length of the text without an uncertain last line: one with nothing but marks, an unfinished opening fence (a backtick in its
    /// info string would make it a paragraph), a task's box, a formula that may go on over several lines, a footnote that may be a reference
    /// or a definition, a callout, or a tag of folded content.
    /// </summary>
    public static int CertainLength(string text)
    {
        var start = text.LastIndexOf('\n') + 1;
        var line = text.AsSpan(start);
        var content = line.TrimStart(ContainerMarks);
        var isDoubtful = !line.ContainsAnyExcept(Marks)
            || content.StartsWith("```")
            || (content.Length < line.Length && content.TrimEnd() is "[" or "[x" or "[X" or "[ ]" or "[x]" or "[X]")
            || IsDoubtfulFormula(content)
            || IsDoubtfulFootnote(content)
            || (line.Contains('>') && content.StartsWith("[!") && !content[2..].TrimEnd("] ").ContainsAnyExcept(Letters))
            || IsDoubtfulTag(content);
        return isDoubtful ? start : text.Length;
    }

    /// <summary>
    /// Where the lines at a paragraph's end begin that may be the head of a table, or the text's length when there are none. A first row
    /// waits until the next line shows whether it is one.
    /// </summary>
    public static int TableHeadStart(string text, ParagraphBlock paragraph)
    {
        if (IsTable(text, paragraph))
        {
            return text.Length;
        }

        var end = text.AsSpan().TrimEnd(" \t\n").Length;
        var start = StartOfLine(text, end);
        if (start > paragraph.Span.Start && IsDelimiters(Line(text, start)))
        {
            // A complete delimiter row makes a table. An incomplete one keeps the row above it waiting.
            start = StartOfLine(text, start - 1);
        }

        start = Math.Max(start, paragraph.Span.Start);
        return end - start <= MaxHeldBack && Line(text, start).StartsWith("|") ? start : text.Length;
    }

    /// <summary>Whether a paragraph of the structure is a table, which Markdig only finds later.</summary>
    public static bool IsTable(string text, ParagraphBlock paragraph)
    {
        var first = text.IndexOf('\n', paragraph.Span.Start);
        if (first < 0)
        {
            return false;
        }

        var second = text.IndexOf('\n', first + 1);
        var delimiters = text.AsSpan(first + 1, (second < 0 ? text.Length : second) - first - 1);
        return second >= 0
            && text.AsSpan(paragraph.Span.Start, first - paragraph.Span.Start).Contains('|')
            && TableBoundaryParser.IsDelimiterRow(delimiters.TrimStart(" \t>"));
    }

    private static bool IsDoubtfulFormula(ReadOnlySpan<char> line) => line is @"\" or "$" || @"\begin{".AsSpan().StartsWith(line) || FormulaParser.Begins(line);

    private static bool IsDoubtfulFootnote(ReadOnlySpan<char> line) =>
        line is "[" || (line.EndsWith("]") ? FootnoteLabel.MayBecomeReference(line[..^1]) : FootnoteLabel.MayBecomeReference(line));

    private static bool IsDoubtfulTag(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith("<") || line.Length > MaxHeldBack)
        {
            return false;
        }

        if (line.StartsWith(DetailsParser.Start, StringComparison.OrdinalIgnoreCase))
        {
            line = line[DetailsParser.Start.Length..].TrimStart();
        }

        return !line.IsEmpty && (IsUnfinished(line, DetailsParser.Start) || IsUnfinished(line, DetailsParser.End) || IsUnfinished(line, DetailsParser.SummaryStart)
            || (line.StartsWith(DetailsParser.SummaryStart, StringComparison.OrdinalIgnoreCase) && !line.Contains("</summary>", StringComparison.OrdinalIgnoreCase)));

        static bool IsUnfinished(ReadOnlySpan<char> line, string tag) => line.Length <= tag.Length && tag.AsSpan().StartsWith(line, StringComparison.OrdinalIgnoreCase);
    }

    private static int StartOfLine(string text, int end) => end <= 0 ? 0 : text.LastIndexOf('\n', end - 1) + 1;

    private static ReadOnlySpan<char> Line(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        return text.AsSpan(start, (end < 0 ? text.Length : end) - start).Trim(" \t>");
    }

    private static bool IsDelimiters(ReadOnlySpan<char> line) => line.StartsWith("|") && !line.ContainsAnyExcept("|-: \t");
}
