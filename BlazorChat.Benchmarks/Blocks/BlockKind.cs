namespace BlazorChat.Benchmarks.Blocks;

/// <summary>A block that grows without end, token by token.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Tokens">Its tokens; as many as one likes.</param>
internal sealed record BlockKind(string Name, IEnumerable<string> Tokens)
{
    private static readonly string[] Words =
        [" the", " of", " time", " and", " a", " room", " is", " it", " you", " that", "s", " was", " for", " on", "ing", " as", ",", " be", " at", " one", "ed", " had", " by", " hot"];

    private static readonly string[] Characters = ["这", "是", "一个", "很", "长", "的", "段落", "，", "没有", "空格", "。", "它", "继续"];

    /// <summary>Every kind of block that a model writes.</summary>
    public static IReadOnlyList<BlockKind> All { get; } =
    [
        new("paragraph", Prose("", 0, "", "")),
        new("paragraph of lines", Prose("", 12, "\n", "")),
        new("paragraph without spaces", Repeat("", Characters)),
        new("paragraph with bold words", Marked("", "**", "**", 3)),
        new("paragraph with long emphasis", Marked("", "*", "*", 90)),
        new("paragraph with links and code", Marked("", "[", "](https://example.com/page) and `code`", 3)),
        new("paragraph with formulas", Marked("", "\\(", "\\)", 8)),
        new("paragraph in bold for a long time", Prose("**", 0, "", "")),
        new("heading", Prose("# ", 0, "", "")),
        new("quotation", Prose("> ", 0, "", "")),
        new("quotation of lines", Prose("> ", 12, "\n> ", "")),
        new("quotation of paragraphs", Prose("> ", 40, "\n>\n> ", "")),
        new("quotation with a list", Prose("> text\n>\n> - ", 12, "\n> - ", "")),
        new("quotation with nested lists", Prose("> - ", 12, "\n> - a\n>   - ", "")),
        new("quotation in a quotation", Prose("> > ", 12, "\n> > ", "")),
        new("callout", Prose("> [!NOTE]\n> ", 12, "\n> ", "")),
        new("list", Prose("- ", 12, "\n- ", "")),
        new("numbered list", Prose("1. ", 12, "\n7. ", "")),
        new("list with blank lines", Prose("- ", 12, "\n\n- ", "")),
        new("nested lists", Prose("- ", 12, "\n- a\n  - ", "")),
        new("list with one long item", Prose("- ", 0, "", "")),
        new("list in one item", Prose("- a\n  - ", 12, "\n  - ", "")),
        new("list with long items", Marked("- ", "**", "**\n- ", 60)),
        new("table", Prose("| a | b |\n|---|---|\n| ", 6, " | x |\n| ", "")),
        new("table with one long row", Prose("| a | b |\n|---|---|\n| ", 0, "", "")),
        new("code", Prose("```js\n", 10, "\n", "")),
        new("code in one line", Prose("```js\n", 0, "", "")),
        new("indented code", Prose("    ", 10, "\n    ", "")),
        new("code in a list", Prose("- a\n  ```\n  ", 10, "\n  ", "")),
        new("folded content", Prose("<details>\n<summary>More</summary>\n\n", 40, "\n\n", "")),
        new("footnote", Prose("[^1]: ", 0, "", "")),
        new("formula", Prose("$$\n", 10, "\n", "")),
    ];

    // Words, with something between them after every so many tokens.
    private static IEnumerable<string> Prose(string start, int every, string between, string end)
    {
        yield return start + "It";
        for (var i = 1; ; i++)
        {
            yield return Words[i % Words.Length] + (every > 0 && i % every == 0 ? end + between + "So" : "");
        }
    }

    // Words, of which as many as given, of twice as many, stand between marks.
    private static IEnumerable<string> Marked(string start, string open, string close, int length)
    {
        yield return start + "It";
        for (var i = 0; ; i++)
        {
            var word = Words[i % Words.Length];
            var at = i % (2 * length);
            yield return at == 0 ? " " + open + "w" : at == length - 1 ? "w" + close : word;
        }
    }

    private static IEnumerable<string> Repeat(string start, string[] tokens)
    {
        yield return start + tokens[0];
        for (var i = 1; ; i++)
        {
            yield return tokens[i % tokens.Length];
        }
    }
}
