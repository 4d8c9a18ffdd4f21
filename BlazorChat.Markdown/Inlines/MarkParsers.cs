using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>What the parsers of marks need from Markdig's processor.</summary>
internal static class SliceExtensions
{
    /// <summary>The character before the parser's position.</summary>
    public static char Before(this in StringSlice slice) => slice.Start > 0 ? slice.Text[slice.Start - 1] : '\0';

    /// <summary>Takes characters as text and moves on behind them.</summary>
    public static bool TakeText(this InlineProcessor processor, ref StringSlice slice, int start, int length)
    {
        processor.Inline = new LiteralInline { Content = new StringSlice(slice.Text, start, start + length - 1), IsClosed = true };
        slice.Start = start + length;
        return true;
    }
}

/// <summary>Reads runs of <c>*</c>, <c>_</c> and <c>~</c>. Their counterparts are found when the block is written.</summary>
internal sealed class EmphasisMarkParser : InlineParser
{
    /// <summary>Creates the parser.</summary>
    public EmphasisMarkParser() => OpeningCharacters = ['*', '_', '~'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var start = slice.Start;
        var mark = slice.CurrentChar;
        var text = slice.Text.AsSpan(0, slice.End + 1);
        var run = text[start..].IndexOfAnyExcept(mark);
        run = run < 0 ? text.Length - start : run;
        var (opens, closes) = mark == '~' && run < 2 ? (false, false) : Flanking.Of(text, start, start + run, mark);
        if (!opens && !closes)
        {
            return processor.TakeText(ref slice, start, run);
        }

        processor.Inline = new MarkInline { Mark = mark, Source = text.Slice(start, run).ToString(), Opens = opens, Closes = closes };
        slice.Start = start + run;
        return true;
    }
}

/// <summary>Reads the few tags that are drawn (<see cref="HarmlessTags"/>). Everything else in angle brackets is an address or text.</summary>
internal sealed class TagParser : InlineParser
{
    /// <summary>Creates the parser.</summary>
    public TagParser() => OpeningCharacters = ['<'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (!HarmlessTags.TryRead(slice.AsSpan(), out var tag))
        {
            return false;
        }

        processor.Inline = tag.Element == HarmlessTags.Break
            ? new BreakInline()
            : new MarkInline
            {
                Mark = '<',
                Source = slice.Text.Substring(slice.Start, tag.Length),
                Element = tag.Element,
                Opens = !tag.IsEnd,
                Closes = tag.IsEnd,
            };
        slice.Start += tag.Length;
        return true;
    }
}

/// <summary>
/// Reads what a backslash does: it begins a formula, ends a line, or takes the meaning from a mark. Elsewhere it stays, also before another
/// one: paths, regular expressions and LaTeX are full of backslashes that belong to the text.
/// </summary>
internal sealed class BackslashParser : InlineParser
{
    /// <summary>The characters that a backslash turns into text. Not those that LaTeX puts behind one and Markdown does not need.</summary>
    public const string Escapable = "`*_~#+-.!|<>&$%\"'";

    /// <summary>Creates the parser.</summary>
    public BackslashParser() => OpeningCharacters = ['\\'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var start = slice.Start;
        var next = slice.PeekChar();
        if (next == '\n')
        {
            processor.Inline = new LineBreakInline { IsHard = true, IsBackslash = true };
            slice.Start += 2;
            return true;
        }

        if (Formula.Length(slice.AsSpan(), slice.Before()) is > 0 and var formula)
        {
            processor.Inline = new FormulaInline { Source = slice.Text.Substring(start, formula) };
            slice.Start += formula;
            return true;
        }

        var isEscape = Escapable.Contains(next, StringComparison.Ordinal) || (next == ')' && char.IsAsciiDigit(slice.Before()));
        return isEscape
            ? processor.TakeText(ref slice, start + 1, 1)
            : next.IsAsciiPunctuation() && processor.TakeText(ref slice, start, 2);
    }
}

/// <summary>Reads formulas between dollars.</summary>
internal sealed class DollarParser : InlineParser
{
    /// <summary>Creates the parser.</summary>
    public DollarParser() => OpeningCharacters = ['$'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (Formula.Length(slice.AsSpan(), slice.Before()) is not (> 0 and var formula))
        {
            return false;
        }

        processor.Inline = new FormulaInline { Source = slice.Text.Substring(slice.Start, formula) };
        slice.Start += formula;
        return true;
    }
}

/// <summary>Reads references to footnotes.</summary>
internal sealed class FootnoteReferenceParser : InlineParser
{
    /// <summary>Creates the parser.</summary>
    public FootnoteReferenceParser() => OpeningCharacters = ['['];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var length = FootnoteLabel.ReferenceLength(slice.AsSpan(), slice.Before());
        if (length == 0)
        {
            return false;
        }

        processor.Inline = new FootnoteInline { Label = slice.Text.Substring(slice.Start + 2, length - 3) };
        slice.Start += length;
        return true;
    }
}
