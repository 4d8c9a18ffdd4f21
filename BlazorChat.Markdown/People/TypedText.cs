using System.Collections.Immutable;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Draws what people type. They write to each other and paste paths, tables and code without thinking of Markdown, so little is drawn:
/// fences, code, links, emphasis at the borders of words, lists and quotations. Everything else stays exactly as it was typed, with its
/// backslashes, stars, tabs, indentation and empty lines.
/// </summary>
internal sealed class TypedText
{
    private const int MaxDepth = 8;

    private const int LeastMarks = 3;

    private readonly StringBuilder _html = new();
    private readonly TypedLine _line;

    private TypedText() => _line = new TypedLine(_html);

    /// <summary>Renders a normalized text.</summary>
    public static ImmutableArray<MarkdownBlock> Render(string text)
    {
        var typed = new TypedText();
        var blocks = ImmutableArray.CreateBuilder<MarkdownBlock>();
        typed.WriteBlocks(text.Trim('\n').Split('\n'), 0, () =>
        {
            blocks.Add(new MarkdownBlock(typed._html.ToString()));
            typed._html.Clear();
        });
        return blocks.DrainToImmutable();
    }

    private void WriteBlocks(ReadOnlySpan<string> lines, int depth, Action next)
    {
        for (var at = 0; at < lines.Length;)
        {
            var rest = lines[at..];
            var length = FenceLength(rest);
            if (length > 0)
            {
                WriteFence(rest[..length]);
            }
            else if ((length = depth < MaxDepth ? QuoteLength(rest) : 0) > 0)
            {
                WriteQuote(rest[..length], depth);
            }
            else if ((length = TypedList.Length(rest)) > 0)
            {
                TypedList.Write(_html, _line, rest[..length]);
            }
            else
            {
                length = TextLength(rest, depth);
                if (!WriteText(rest[..length]))
                {
                    at += length;
                    continue;
                }
            }

            at += length;
            next();
        }
    }

    private static bool BeginsBlock(ReadOnlySpan<string> rest, int depth) =>
        FenceLength(rest) > 0 || (depth < MaxDepth && QuoteLength(rest) > 0) || TypedList.Length(rest) > 0;

    private static int TextLength(ReadOnlySpan<string> rest, int depth)
    {
        var length = 1;
        while (length < rest.Length && !BeginsBlock(rest[length..], depth))
        {
            length++;
        }

        return length;
    }

    // The lines as they are: the style keeps white space. Empty lines next to other blocks are the distance between them.
    private bool WriteText(ReadOnlySpan<string> lines)
    {
        while (!lines.IsEmpty && string.IsNullOrWhiteSpace(lines[0]))
        {
            lines = lines[1..];
        }

        while (!lines.IsEmpty && string.IsNullOrWhiteSpace(lines[^1]))
        {
            lines = lines[..^1];
        }

        if (lines.IsEmpty)
        {
            return false;
        }

        _html.Append("<p class=\"typed\" dir=\"auto\">");
        for (var i = 0; i < lines.Length; i++)
        {
            _html.Append(i > 0 ? "\n" : "");
            _line.Write(lines[i]);
        }

        _html.Append("</p>");
        return true;
    }

    private void WriteQuote(ReadOnlySpan<string> lines, int depth)
    {
        var inner = new string[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            inner[i] = lines[i].Length > 2 ? lines[i][2..] : "";
        }

        _html.Append("<blockquote dir=\"auto\">");
        WriteBlocks(inner, depth + 1, () => { });
        _html.Append("</blockquote>");
    }

    private static int QuoteLength(ReadOnlySpan<string> lines)
    {
        var length = 0;
        while (length < lines.Length && (lines[length].StartsWith("> ", StringComparison.Ordinal) || (length > 0 && lines[length] is ">")))
        {
            length++;
        }

        return length;
    }

    private void WriteFence(ReadOnlySpan<string> lines)
    {
        var opening = lines[0].AsSpan();
        var indent = IndentOf(opening);
        var content = opening.TrimStart(" \t");
        var marks = content.Length - content.TrimStart(content[0]).Length;
        var info = content[marks..].Trim();
        var language = CodeLanguage.Of(info.ToString());
        CodeBlockHtml.Open(_html, language);
        if (language is null && !info.IsEmpty)
        {
            // People also begin the code right behind the marks.
            CodeBlockHtml.Line(_html, info);
        }

        var end = lines.Length > 1 && IsClosingFence(lines[^1], content[0], marks) ? lines.Length - 1 : lines.Length;
        for (var i = 1; i < end; i++)
        {
            CodeBlockHtml.Line(_html, lines[i].AsSpan(Math.Min(indent, IndentOf(lines[i]))));
        }

        CodeBlockHtml.Close(_html);
    }

    private static int FenceLength(ReadOnlySpan<string> lines)
    {
        var content = lines[0].AsSpan().TrimStart(" \t");
        if (content.Length < LeastMarks || content[0] is not ('`' or '~'))
        {
            return 0;
        }

        var marks = content.Length - content.TrimStart(content[0]).Length;
        if (marks < LeastMarks || (content[0] == '`' && content[marks..].Contains('`')))
        {
            return 0;
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (IsClosingFence(lines[i], content[0], marks))
            {
                return i + 1;
            }
        }

        return lines.Length;
    }

    private static bool IsClosingFence(ReadOnlySpan<char> line, char mark, int least)
    {
        var content = line.Trim(" \t");
        return content.Length >= least && !content.ContainsAnyExcept(mark);
    }

    private static int IndentOf(ReadOnlySpan<char> line) => line.Length - line.TrimStart(" \t").Length;
}
