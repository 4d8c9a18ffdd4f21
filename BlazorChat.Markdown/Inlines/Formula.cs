using System.Buffers;

namespace BlazorChat.Markdown;

/// <summary>
/// Finds formulas in LaTeX's notation. They are written exactly as they are, for the page to draw: without this, Markdown would take their
/// backslashes, stars and underscores for its own.
/// </summary>
internal static class Formula
{
    /// <summary>
    /// Ends an unfinished formula of a live text, for display only. Normalized text has no such character, and none is shown.
    /// </summary>
    public const char LiveEnd = '\0';

    private static readonly SearchValues<char> MathSigns = SearchValues.Create(@"\^_=+<>{}|");

    private const int MaxLength = 4_000;

    private const int MaxInlineLength = 500;

    /// <summary>
    /// The length of the formula at the start of the text, or 0: <c>\( … \)</c>, <c>\[ … \]</c>, <c>$$ … $$</c>, or <c>$ … $</c> in one
    /// line. Amounts of money are no formulas: after the first dollar and before the last there is no space, no letter or digit is next to
    /// one on the outside, and between them is not a number with words behind it.
    /// </summary>
    /// <param name="text">The text from the delimiter on.</param>
    /// <param name="before">The character before the delimiter.</param>
    public static int Length(ReadOnlySpan<char> text, char before) => text switch
    {
        ['\\', '(', ..] => LengthUntil(text, ')'),
        ['\\', '[', ..] => LengthUntil(text, ']'),
        ['$', '$', ..] => DisplayLength(text),
        ['$', ..] when !char.IsLetterOrDigit(before) && before != '$' => DollarLength(text),
        _ => 0,
    };

    /// <summary>Whether an unfinished formula begins here that is none without its end.</summary>
    public static bool IsOpening(ReadOnlySpan<char> text) => text is ['\\', '(' or '[', ..] or ['$', '$', ..];

    private static int LengthUntil(ReadOnlySpan<char> text, char bracket)
    {
        text = text[..Math.Min(text.Length, MaxLength)];
        ReadOnlySpan<char> end = ['\\', bracket];
        var live = text.IndexOf(LiveEnd);
        for (var i = 2; i < text.Length;)
        {
            var next = text[i..].IndexOf(end);
            if (next < 0 || (live >= 0 && live < i + next))
            {
                break;
            }

            i += next;
            // Not a backslash that belongs to the one before, as at the end of a line.
            var before = text[2..i];
            if ((before.Length - before.TrimEnd('\\').Length) % 2 == 0)
            {
                return i + 2;
            }

            i += 2;
        }

        return live >= 0 ? live + 1 : 0;
    }

    private static int DisplayLength(ReadOnlySpan<char> text)
    {
        var rest = text[2..Math.Min(text.Length, MaxLength)];
        var end = rest.IndexOf("$$");
        var live = rest.IndexOf(LiveEnd);
        return end > 0 && (live < 0 || end < live) ? end + 4 : live >= 0 ? live + 3 : 0;
    }

    private static int DollarLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || char.IsWhiteSpace(text[1]))
        {
            return 0;
        }

        var limit = Math.Min(text.Length, MaxInlineLength);
        for (var i = 1; i < limit; i++)
        {
            switch (text[i])
            {
                case '\n' or '`' or LiveEnd:
                    return 0;
                case '\\':
                    i++;
                    break;
                case '$':
                    var isEnd = i > 1 && !char.IsWhiteSpace(text[i - 1]) && (i + 1 == text.Length || !(char.IsLetterOrDigit(text[i + 1]) || text[i + 1] == '$'));
                    return isEnd && !IsAmount(text[1..i]) ? i + 1 : 0;
            }
        }

        return 0;
    }

    // As in "from $5 for a start (it was 9$)". What has a sign of mathematics in it is none.
    private static bool IsAmount(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiDigit(text[0]) || text.ContainsAny(MathSigns))
        {
            return false;
        }

        for (var i = text.IndexOf(' '); i >= 0 && i + 2 < text.Length; i++)
        {
            if (text[i] == ' ' && char.IsLetter(text[i + 1]) && char.IsLetter(text[i + 2]))
            {
                return true;
            }
        }

        return false;
    }
}
