using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Decides whether a run of marks may open or close emphasis, as CommonMark does. Chinese, Japanese and Korean are written without spaces,
/// so next to their characters punctuation does not hinder a mark.
/// </summary>
internal static class Flanking
{
    /// <summary>What the run of one mark from <paramref name="start"/> up to <paramref name="end"/> may do.</summary>
    public static (bool Opens, bool Closes) Of(ReadOnlySpan<char> text, int start, int end, char mark)
    {
        var before = Before(text[..start]);
        var after = end < text.Length ? RuneAt(text[end..]) : new Rune(' ');
        var isCjk = mark != '_' && (IsCjk(before) || IsCjk(after));
        var left = !IsSpace(after) && (isCjk || !IsPunctuation(after) || IsSpace(before) || IsPunctuation(before));
        var right = !IsSpace(before) && (isCjk || !IsPunctuation(before) || IsSpace(after) || IsPunctuation(after));
        return mark == '_'
            ? (left && (!right || IsPunctuation(before)), right && (!left || IsPunctuation(after)))
            : (left, right);
    }

    /// <summary>Whether a character is punctuation or a symbol.</summary>
    public static bool IsPunctuation(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
        or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
        or UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
        or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol;

    /// <summary>Whether a character belongs to a script that is written without spaces around words, or is its punctuation.</summary>
    public static bool IsCjk(Rune rune) => rune.Value is >= 0x1100
        and (<= 0x11FF                           // Hangul letters
        or (>= 0x2E80 and <= 0xA4CF)             // radicals, punctuation, kana, bopomofo, ideographs, Yi
        or (>= 0xA960 and <= 0xA97F)
        or (>= 0xAC00 and <= 0xD7FF)             // Hangul syllables
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE4F)             // vertical forms
        or (>= 0xFF00 and <= 0xFFEF)             // full-width and half-width forms
        or (>= 0x1AFF0 and <= 0x1B16F)
        or (>= 0x1F200 and <= 0x1F2FF)
        or (>= 0x20000 and <= 0x3FFFF));

    private static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune);

    private static Rune RuneAt(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out var rune, out _);
        return rune;
    }

    // A selector of a variant belongs to the character before it.
    private static Rune Before(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(text, out var rune, out var length);
            if (rune.Value is not (>= 0xFE00 and <= 0xFE0E or >= 0xE0100 and <= 0xE01EF))
            {
                return rune;
            }

            text = text[..^length];
        }

        return new Rune(' ');
    }
}
