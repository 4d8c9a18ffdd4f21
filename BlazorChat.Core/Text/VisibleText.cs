using System.Globalization;
using System.Text;

namespace BlazorChat.Text;

/// <summary>Which characters show something. The Unicode categories alone do not say: some letters and symbols are blank.</summary>
internal static class VisibleText
{
    private const int BlackFlag = 0x1F3F4;

    /// <summary>Whether a text shows anything.</summary>
    public static bool IsIn(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsVisible(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The text without characters that show nothing and that no writing needs: soft hyphens, direction marks, zero-width spaces, fillers and
    /// tags. What emoji and scripts need stays: joiners, variation selectors, and the tags behind a black flag.
    /// </summary>
    public static string WithoutInvisible(string text)
    {
        if (!text.Any(c => c > '\u007F'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        var isFlag = false;
        for (var at = 0; at < text.Length;)
        {
            var isRune = Rune.TryGetRuneAt(text, at, out var rune);
            var length = isRune ? rune.Utf16SequenceLength : 1;
            isFlag = isRune && (rune.Value == BlackFlag || (isFlag && IsTag(rune.Value)));
            if (!isRune || !IsNeedless(rune.Value) || isFlag)
            {
                shown.Append(text, at, length);
            }

            at += length;
        }

        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) =>
        !IsBlank(rune.Value) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    // Letters and symbols that are drawn as nothing: the fillers of Hangul, the empty Braille pattern, and two of musical notation.
    private static bool IsBlank(int rune) => rune is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x1D159 or 0x17B4 or 0x17B5;

    private static bool IsTag(int rune) => rune is >= 0xE0000 and <= 0xE007F;

    private static bool IsNeedless(int rune) =>
        IsTag(rune) || rune is 0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x180E or 0x200B or 0x200E or 0x200F
            or (>= 0x2060 and <= 0x2065) or (>= 0x206A and <= 0x206F) or 0x3164 or 0xFEFF or 0xFFA0 or (>= 0xFFF0 and <= 0xFFFB);
}
