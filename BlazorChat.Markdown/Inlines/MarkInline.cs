using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>
/// A run of emphasis marks, or a tag such as <c>&lt;sub&gt;</c>, that may open or close an element. <see cref="MarkPairs"/> finds its
/// counterpart; what has none is text.
/// </summary>
internal sealed class MarkInline : LeafInline
{
    /// <summary>The mark: <c>*</c>, <c>_</c> or <c>~</c>; <c>&lt;</c> for a tag.</summary>
    public required char Mark { get; init; }

    /// <summary>The run or the tag, as written.</summary>
    public required string Source { get; init; }

    /// <summary>The element of a tag; null for emphasis.</summary>
    public string? Element { get; init; }

    /// <summary>Whether it may begin an element.</summary>
    public bool Opens { get; init; }

    /// <summary>Whether it may end one.</summary>
    public bool Closes { get; init; }

    /// <summary>Characters that have no counterpart and are shown.</summary>
    public int Left { get; set; }

    /// <summary>The elements that end here, innermost first.</summary>
    public List<string>? Closed { get; private set; }

    /// <summary>The elements that begin here, innermost first.</summary>
    public List<string>? Opened { get; private set; }

    /// <summary>Whether counterparts have been looked for.</summary>
    public bool IsPaired { get; set; }

    /// <summary>Makes an element from <paramref name="opener"/> to <paramref name="closer"/>.</summary>
    public static void Pair(MarkInline opener, MarkInline closer, string element)
    {
        (opener.Opened ??= []).Add(element);
        (closer.Closed ??= []).Add(element);
    }
}

/// <summary>
/// A line break inside of a line: <c>&lt;br&gt;</c>. Not a line break of Markdig's, which would end the row of a table.
/// </summary>
internal sealed class BreakInline : LeafInline;

/// <summary>A formula, which is shown as it was written.</summary>
internal sealed class FormulaInline : LeafInline
{
    /// <summary>The formula with its delimiters.</summary>
    public required string Source { get; init; }
}

/// <summary>A reference to a footnote.</summary>
internal sealed class FootnoteInline : LeafInline
{
    /// <summary>The label as written.</summary>
    public required string Label { get; init; }
}
