using System.Collections.Immutable;
using System.Text;
using Markdig;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// A finished text to safe HTML: CommonMark, pipe tables, task lists, strikethrough and bare URLs; raw HTML is text, links
/// lead to http, https and mailto only, images become links. Pure and thread-safe.
/// </summary>
public static class MarkdownRenderer
{
    /// <summary>
    /// Lines that define a link (<c>[a]: b</c>) or underline a heading, beyond which a text is not parsed: Markdig searches
    /// all earlier blocks for each (5,000 took 20 ms, 100,000 seconds).
    /// </summary>
    internal const int MaxSearchingLines = 5_000;

    /// <summary>
    /// Renders each top-level block of a text. Never throws and never leaves anything out: what passes a limit (see
    /// <see cref="InlineBudget"/>, <see cref="BoundedNesting"/>) is shown as the plain text that it is.
    /// </summary>
    public static ImmutableArray<MarkdownBlock> Render(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Normalize(text);
        if (Parse(text, MarkdownPipelines.Full) is not { } document)
        {
            return [Plain(text)];
        }

        var html = new BlockHtml();
        var blocks = ImmutableArray.CreateBuilder<MarkdownBlock>(document.Count);
        var left = MostHtml(text.Length);
        foreach (var block in document)
        {
            if (html.Render(block) is { Length: > 0 } rendered)
            {
                blocks.Add(new MarkdownBlock(rendered));
                left -= rendered.Length;
                if (left < 0)
                {
                    return [Plain(text)];
                }
            }
        }

        return blocks.DrainToImmutable();
    }

    // What people and models write becomes two to four times as long. Thousands of empty code blocks would become forty
    // times as long, for everybody who opens the room.
    private static int MostHtml(int characters) => (8 * characters) + (16 * 1024);

    /// <summary>One kind of line end, and no NUL, which HTML forbids: so that positions mean the same to everybody.</summary>
    internal static string Normalize(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\0', '\uFFFD');

    /// <summary>Parses a normalized text, or returns null when it is to be shown as plain text.</summary>
    internal static MarkdownDocument? Parse(string text, MarkdownPipeline pipeline)
    {
        if (CountSearchingLines(text) > MaxSearchingLines)
        {
            return null;
        }

#pragma warning disable CA1031 // The parser's own limits and bugs come as any exception; a text must not end a response or a page.
        try
        {
            return MarkdownParser.Parse(text, pipeline);
        }
        catch (Exception)
        {
            return null;
        }
#pragma warning restore CA1031
    }

    /// <summary>A text as it was written.</summary>
    internal static MarkdownBlock Plain(string text) =>
        new(new StringBuilder("<pre class=\"plain\" dir=\"auto\" tabindex=\"0\">").AppendEscaped(text).Append("</pre>").ToString());

    private static int CountSearchingLines(string text)
    {
        var count = text.AsSpan().Count("]:");
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var content = line.TrimStart(" \t>");
            count += content.Length > 0 && content[0] is '=' or '-' && !content.TrimEnd().ContainsAnyExcept(content[0]) ? 1 : 0;
        }

        return count;
    }
}
