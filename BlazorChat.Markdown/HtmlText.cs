using System.Buffers;
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
