using System.Text;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes code blocks, always from left to right: a head with the language's name, and the code, which scrolls and can be reached with the
/// keyboard. Everything else of a block, such as its buttons, is added by the page's script, so it costs no bytes.
/// </summary>
internal static class CodeBlockHtml
{
    /// <summary>Appends a fenced or indented code block.</summary>
    public static void Write(StringBuilder html, CodeBlock block)
    {
        Open(html, block is FencedCodeBlock fence ? CodeLanguage.Of(fence.Info) : null);
        for (var i = 0; i < block.Lines.Count; i++)
        {
            Line(html, block.Lines.Lines[i].Slice.AsSpan());
        }

        Close(html);
    }

    /// <summary>Appends what is before the first line.</summary>
    public static void Open(StringBuilder html, string? language)
    {
        html.Append("<code-block class=\"code-block\" dir=\"ltr\"><div class=\"code-head\">");
        if (language is not null)
        {
            html.Append("<span class=\"code-lang\" translate=\"no\">").AppendEscaped(CodeLanguage.NameOf(language)).Append("</span>");
        }

        html.Append("</div><pre tabindex=\"0\" translate=\"no\"><code");
        if (language is not null)
        {
            html.Append(" class=\"language-").AppendEscaped(language).Append('"');
        }

        html.Append('>');
    }

    /// <summary>Appends a line.</summary>
    public static void Line(StringBuilder html, ReadOnlySpan<char> line) => html.AppendEscaped(line).Append('\n');

    /// <summary>Appends what is behind the last line.</summary>
    public static void Close(StringBuilder html) => html.Append("</code></pre></code-block>");
}
