using System.Buffers;
using System.Text;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes code blocks, always from left to right: a head with the language and a copy button, and the code, which scrolls and can be reached with the keyboard. The
/// page's script finds the button by <c>data-copy-code</c>, since the content security policy allows no inline handlers.
/// </summary>
internal static class CodeBlockHtml
{
    private const int MaxLanguageLength = 32;

    private static readonly SearchValues<char> LanguageCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+#._-");

    /// <summary>
    /// The language of a fence's info string (its first word), or null when it is not a valid name: it is used in a class name and a label.
    /// </summary>
    public static string? Language(string? info) =>
        info is { Length: > 0 and <= MaxLanguageLength } && !info.AsSpan().ContainsAnyExcept(LanguageCharacters) ? info : null;

    /// <summary>Appends a fenced or indented code block.</summary>
    public static void Write(StringBuilder html, CodeBlock block)
    {
        Open(html, block is FencedCodeBlock fence ? Language(fence.Info) : null);
        for (var i = 0; i < block.Lines.Count; i++)
        {
            Line(html, block.Lines.Lines[i].Slice.AsSpan());
        }

        Close(html);
    }

    /// <summary>Appends what is before the first line.</summary>
    public static void Open(StringBuilder html, string? language)
    {
        html.Append("<div class=\"code-block\" dir=\"ltr\"><div class=\"code-head\">");
        if (language is not null)
        {
            html.Append("<span class=\"code-lang\" translate=\"no\">").AppendEscaped(language).Append("</span>");
        }

        html.Append("<button type=\"button\" class=\"copy-code\" data-copy-code aria-label=\"Copy code\">Copy</button></div>");
        html.Append("<pre tabindex=\"0\" translate=\"no\"><code");
        if (language is not null)
        {
            html.Append(" class=\"language-").AppendEscaped(language).Append('"');
        }

        html.Append('>');
    }

    /// <summary>Appends a line.</summary>
    public static void Line(StringBuilder html, ReadOnlySpan<char> line) => html.AppendEscaped(line).Append('\n');

    /// <summary>Appends what is behind the last line.</summary>
    public static void Close(StringBuilder html) => html.Append("</code></pre></div>");
}
