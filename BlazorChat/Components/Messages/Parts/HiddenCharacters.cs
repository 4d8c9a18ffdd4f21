using System.Globalization;
using System.Text;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>
/// Finds and shows characters that are invisible or reorder others (bidirectional overrides, zero-width characters, tags, unusual
/// spaces). Text that people decide on shows them, so that people read exactly what will run.
/// </summary>
internal static class HiddenCharacters
{
    private const int MostAscii = 0x7F;

    /// <summary>
    /// Writes every hidden character of a text as its code, for example <c>[U+202E]</c>. Returns the same instance if the text has none.
    /// The result is at most 8 times as long.
    /// </summary>
    public static string Show(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!MayHave(text))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        for (var at = 0; at < text.Length;)
        {
            var length = LengthAt(text, at);
            if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
            {
                // CR LF is one line end and is shown as such.
            }
            else if (text[at] is not ('\n' or '\t') && IsHidden(text, at))
            {
                shown.Append(CultureInfo.InvariantCulture, $"[U+{CodeAt(text, at):X4}]");
            }
            else
            {
                shown.Append(text, at, length);
            }

            at += length;
        }

        return shown.ToString();
    }

    /// <summary>Whether a text may have hidden characters. Printable ASCII, which is nearly all text, has none.</summary>
    public static bool MayHave(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c >= MostAscii || (c < ' ' && c is not ('\n' or '\t')))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the character at an index is hidden. Line ends and tabs count as hidden.</summary>
    public static bool IsHidden(string text, int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out var rune))
        {
            return true;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format => !(rune.Value is 0x200C or 0x200D && at > 0 && TakesJoiners(text, at - 1)),
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned => true,
            UnicodeCategory.SpaceSeparator => rune.Value != ' ',
            _ => IsBlank(rune.Value),
        };
    }

    /// <summary>The length of the code point at an index, in UTF-16 code units: 1 or 2.</summary>
    public static int LengthAt(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;

    private static int CodeAt(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Value : text[at];

    // Letters and marks without a shape. One variation selector is left out, because it turns a symbol into an emoji.
    private static bool IsBlank(int code) => code
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0
        or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0E) or (>= 0xE0100 and <= 0xE01EF);

    // Joiners change the shape of Arabic and Indic letters and combine emoji; there, they are part of the spelling. Elsewhere they are
    // invisible.
    private static bool TakesJoiners(string text, int last)
    {
        if (char.IsLowSurrogate(text[last]) && last > 0)
        {
            last--;
        }

        return Rune.TryGetRuneAt(text, last, out var rune)
            && (rune.Value is (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0x0900 and <= 0x0DFF) or 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF)
                || Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol);
    }
}
