using System.Buffers;
using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>Escapes text as HTML. All text passes this one escape, in elements and in quoted attributes alike.</summary>
internal static class HtmlText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'\0");

    /// <summary>Appends text as nothing but text.</summary>
    public static StringBuilder AppendEscaped(this StringBuilder html, ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Special); at >= 0; at = text.IndexOfAny(Special))
        {
            html.Append(text[..at]);
            for (text = text[at..]; !text.IsEmpty && Escape(text[0]) is { } escaped; text = text[1..])
            {
                html.Append(escaped);
            }
        }

        return html.Append(text);
    }

    /// <summary>Whether a text shows anything: spaces, marks without a letter, and characters that only change others do not.</summary>
    public static bool ShowsAnything(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800) && Rune.GetUnicodeCategory(rune) is not
                (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.OtherNotAssigned))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Escape(char c) => c switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        Formula.LiveEnd => "",
        _ => null,
    };
}
