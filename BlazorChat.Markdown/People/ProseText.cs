using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// What a person said outside of code: the drawn text without its tags, code and buttons. Lines that are indented like code (by a tab or
/// four spaces, after an empty line) are drawn as they are, but are code for whoever typed them.
/// </summary>
internal static class ProseText
{
    private const string Indent = "    ";

    /// <summary>Reads the prose from what is drawn.</summary>
    public static string Of(ImmutableArray<MarkdownBlock> blocks)
    {
        var prose = new StringBuilder();
        foreach (var block in blocks)
        {
            AppendLines(prose, WebUtility.HtmlDecode(WithoutTags(block.Html)));
        }

        return prose.ToString();
    }

    private static string WithoutTags(ReadOnlySpan<char> html)
    {
        var text = new StringBuilder();
        while (!html.IsEmpty)
        {
            var tag = html.IndexOf('<');
            if (tag < 0)
            {
                text.Append(html);
                break;
            }

            text.Append(html[..tag]);
            html = html[tag..];
            var isHidden = Skip(ref html, "<code", "</code>") || Skip(ref html, "<button", "</button>");
            if (isHidden)
            {
                // What stands before and behind code are two words.
                text.Append(' ');
                continue;
            }

            var isBlock = html.StartsWith("</li") || html.StartsWith("</p") || html.StartsWith("</div") || html.StartsWith("</blockquote");
            var end = html.IndexOf('>');
            html = end < 0 ? [] : html[(end + 1)..];
            text.Append(isBlock ? "\n" : "");
        }

        return text.ToString();
    }

    // Text is escaped, so that a closing tag is one.
    private static bool Skip(ref ReadOnlySpan<char> html, string open, string close)
    {
        if (!html.StartsWith(open, StringComparison.Ordinal))
        {
            return false;
        }

        var end = html.IndexOf(close, StringComparison.Ordinal);
        html = end < 0 ? [] : html[(end + close.Length)..];
        return true;
    }

    private static void AppendLines(StringBuilder prose, string text)
    {
        var (isCode, wasEmpty) = (false, true);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var isEmpty = line.IsWhiteSpace();
            isCode = isEmpty ? isCode : (isCode || wasEmpty) && (line[0] == '\t' || line.StartsWith(Indent));
            wasEmpty = isEmpty;
            if (!isCode)
            {
                prose.Append(line).Append('\n');
            }
        }
    }
}
