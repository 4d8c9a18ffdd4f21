using System.Collections.Immutable;
using System.Text;
using Markdig;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Renders a finished text as safe HTML: CommonMark, pipe tables, task lists, strikethrough and bare URLs. Raw HTML is text, links lead to
/// http, https and mailto only, and images become links. Pure and thread-safe.
/// </summary>
public static class MarkdownRenderer
{
    /// <summary>
    /// Most lines that define a link (<c>[a]: b</c>) or underline a heading; a text with more is not parsed. Markdig searches all earlier
    /// blocks for each (5,000 took 20 ms, 100,000 took seconds).
    /// </summary>
    internal const int MaxSearchingLines = 5_000;

    /// <summary>
    /// Renders what a person typed. Draws little and leaves everything else as it was typed (see <see cref="TypedText"/>). Never throws and
    /// never omits anything.
    /// </summary>
    public static ImmutableArray<MarkdownBlock> RenderTyped(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Normalize(text);
        var blocks = TypedText.Render(text);
        return blocks.Sum(block => block.Html.Length) <= MostHtml(text.Length) ? blocks : [Plain(text)];
    }

    /// <summary>What a person typed outside of code, as plain text without marks: what they said, and not what they quoted.</summary>
    public static string ProseOf(string text) => ProseText.Of(RenderTyped(text));

    /// <summary>
    /// Renders each top-level block of a text. Never throws and never omits anything: text that exceeds a limit (see
    /// <see cref="InlineBudget"/>, <see cref="BoundedNesting"/>) is shown as plain text.
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

    // HTML of people's and models' text is two to four times as long as the text. That of thousands of empty code blocks would be forty
    // times as long, for everyone who opens the room.
    private static int MostHtml(int characters) => (8 * characters) + (16 * 1024);

    /// <summary>Replaces line ends by one kind, so that positions mean the same everywhere, and NUL, which HTML forbids.</summary>
    internal static string Normalize(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\0', '\uFFFD');

    /// <summary>Parses a normalized text, or returns null when it has to be shown as plain text.</summary>
    internal static MarkdownDocument? Parse(string text, MarkdownPipeline pipeline)
    {
        if (CountSearchingLines(text) > MaxSearchingLines)
        {
            return null;
        }

#pragma warning disable CA1031 // The parser's own limits and bugs may throw any exception; a text must not end a response or a page.
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

    /// <summary>A text as written.</summary>
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
