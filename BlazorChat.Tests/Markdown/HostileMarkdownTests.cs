using AngleSharp.Dom;
using BlazorChat.Assistants;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>What strangers and misled models may write. Nothing of it runs, loads, collides or gets lost.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class HostileMarkdownTests
{
    private static readonly int LongestAnswer = new AssistantOptions().MaxResponseCharacters;

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("text <script src=//evil.example/x.js></script> text")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<svg/onload=alert(1)>")]
    [InlineData("<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>")]
    [InlineData("<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">x</a>")]
    [InlineData("<style>*{display:none}</style>")]
    [InlineData("<form action=https://evil.example><input name=p></form>")]
    [InlineData("- <details open ontoggle=alert(1)>\n\n| <b onclick=x>a</b> |\n|---|\n| <object data=x> |")]
    [InlineData("`</code><script>alert(1)</script>`")]
    [InlineData("```\n</code></pre><script>alert(1)</script>\n```")]
    [InlineData("    </code></pre><script>alert(1)</script>")]
    [InlineData("# <script>alert(1)</script>")]
    [InlineData("<!-- --!><script>alert(1)</script>-->\n<![CDATA[<script>]]>\n<?php ?>\n<!DOCTYPE x>")]
    public void Raw_html_and_scripts_are_shown_as_the_text_that_they_are(string text)
    {
        var body = Render(text);

        Assert.Contains('<', body.TextContent);
        Assert.Empty(body.QuerySelectorAll("script,img,svg,iframe,style,form,input,details,b,object,a"));
    }

    [Theory]
    [InlineData("# Title {#id onclick=alert(1) .class style=color:red}")]
    [InlineData("[x](https://example.org){onmouseover=alert(1)}")]
    [InlineData("{onclick=alert(1)}\ntext\n\n::: {onclick=alert(1)}\ntext\n:::")]
    [InlineData("```js {onclick=alert(1)}\nx\n```")]
    [InlineData("[x](https://example.org \"t\\\" onclick=\\\"alert(1)\")")]
    [InlineData("[x](https://example.org/\"onclick=\"alert\\(1\\))")]
    [InlineData("<https://example.org/\"onclick=\"alert(1)>")]
    public void Event_handlers_and_attributes_cannot_be_smuggled_in(string text) => Render(text);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("data:text/html;base64,PHNjcmlwdD4=")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https:\\\\evil.example")]
    [InlineData("http://")]
    [InlineData("http:///path")]
    [InlineData("/relative")]
    [InlineData("relative.html")]
    [InlineData("?query")]
    [InlineData("#fragment")]
    [InlineData("ftp://example.org")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://example.org/x")]
    [InlineData("view-source:https://example.org")]
    [InlineData("tel:1234567")]
    [InlineData("mailto:")]
    [InlineData("java&#x09;script:alert(1)")]
    [InlineData("java&Tab;script:alert(1)")]
    [InlineData("java&NewLine;script:alert(1)")]
    [InlineData("&#1;javascript:alert(1)")]
    [InlineData("&#x6A;avascript:alert(1)")]
    [InlineData("javascript&colon;alert(1)")]
    [InlineData("java\u0001script:alert(1)")]
    [InlineData("\u0000https://example.org")]
    [InlineData("ht&Tab;tps://example.org")]
    [InlineData("\u200Bjavascript:alert(1)")]
    [InlineData("feed:javascript:alert(1)")]
    public void Links_and_images_to_anything_but_absolute_http_https_and_mailto_are_only_text(string url)
    {
        var body = Render($"[label]({url}) [angle](<{url}>) ![picture]({url}) [ref] ![ref] <{url}>\n\n[ref]: {url}");

        Assert.Empty(body.QuerySelectorAll("a"));
        Assert.Contains("label", body.TextContent, StringComparison.Ordinal);
        Assert.Contains("picture", body.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a](https://example.org/&Tab;x)")]
    [InlineData("[a](<https://example.org/ x>)")]
    [InlineData("![a](https://example.org/&#0;x)")]
    [InlineData("[a](https://example.org/&#92;x)")]
    public void An_address_with_hidden_characters_is_no_link(string text) => Assert.Empty(Render(text).QuerySelectorAll("a"));

    [Fact]
    public void Remote_images_are_never_loaded_but_linked()
    {
        var body = Render("![a **cat**](https://example.org/cat.png) ![](https://example.org/no-alt.png) [![badge](https://example.org/b.svg)](https://example.org/ci)");

        var links = body.QuerySelectorAll("a");
        Assert.Empty(body.QuerySelectorAll("img"));
        Assert.Equal(["a cat", "https://example.org/no-alt.png", "badge"], links.Select(link => link.TextContent));
        Assert.Equal("https://example.org/ci", links[2].GetAttribute("href"));
        Assert.Equal(2, body.QuerySelectorAll("a.image-link").Length);
    }

    [Theory]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("js\"onclick=\"alert(1)")]
    [InlineData("&quot;&gt;&lt;script&gt;")]
    [InlineData("a/b")]
    [InlineData("thirty-three-characters-are-too-ma")]
    public void A_fence_language_with_markup_is_no_language(string info)
    {
        var body = Render($"```{info}\ncode\n```");

        Assert.Empty(body.QuerySelectorAll(".code-lang"));
        Assert.Equal("<code>code\n</code>", body.QuerySelector("pre")!.InnerHtml);
    }

    [Fact]
    public void Headings_and_footnotes_make_no_ids_that_could_collide_with_the_pages_own()
    {
        var body = Render("# app\n\n## blazor-error-ui\n\ntext[^1]\n\n[^1]: note\n\n[x]: https://example.org\n\n<a id=\"app\" name=\"body\">[x]</a>");

        Assert.Empty(body.QuerySelectorAll("[id],[name]"));
    }

    [Fact]
    public void Reference_links_cannot_blow_a_text_up()
    {
        var text = "[a]: https://example.org/" + new string('x', 1_900) + "\n\n" + string.Concat(Enumerable.Repeat("[a] [a] [a] [a]\n\n", 2_000));

        var length = MarkdownRenderer.Render(text).Sum(block => block.Html.Length);

        Assert.InRange(length, text.Length, text.Length + (4 * InlineHtml.MaxReferenceExpansion));
    }

    [Fact]
    public void Invisible_and_direction_changing_characters_stay_inside_their_block()
    {
        var body = Render("\u202Eevil\u2066 text\n\n[\u202Egro.elpmaxe](https://example.org)");

        Assert.All(body.Children, block => Assert.Equal("auto", block.GetAttribute("dir")));
    }

    public static TheoryData<string, string> Deep => new()
    {
        { "quotations", Repeat("> ", 10_000) + "text" },
        { "quotations without spaces", Repeat(">", 10_000) },
        { "quotations over lines", string.Join('\n', Enumerable.Range(1, 140).Select(i => new string('>', i) + "text")) },
        { "lists", Repeat("- ", 10_000) + "text" },
        { "numbered lists", Repeat("1. ", 10_000) + "text" },
        { "quotations and lists", Repeat("> - 1) ", 10_000) + "text" },
        { "nested lists over lines", string.Concat(Enumerable.Range(0, 400).Select(i => new string(' ', i * 2) + "- x\n")) },
        { "emphasis", Repeat("*a **b ", 10_000) + Repeat("b** a*", 10_000) },
        { "emphasis of one kind", Repeat("*a ", 10_000) + Repeat("a* ", 10_000) },
        { "a run of emphasis", Repeat("*", 10_000) + "text" + Repeat("*", 10_000) },
        { "underscores", Repeat("_a ", 10_000) + Repeat("a_ ", 10_000) },
        { "brackets", Repeat("[", 10_000) + "text" + Repeat("]", 10_000) },
        { "links", Repeat("[", 10_000) + "text" + Repeat("](https://example.org)", 10_000) },
        { "images", Repeat("![", 10_000) + "text" + Repeat("](https://example.org)", 10_000) },
        { "unfinished links", Repeat("[a](", 10_000) },
        { "parentheses", "[a](" + Repeat("(", 10_000) + Repeat(")", 10_000) + ")" },
        { "strikethrough", Repeat("~~a ", 10_000) + Repeat("a~~ ", 10_000) },
        { "deep quotation with lazy lines", Repeat("> ", 10_000) + Repeat("text\n", 2_000) },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public async Task Ten_thousand_levels_of_nesting_neither_hang_nor_overflow_nor_lose_text(string what, string text)
    {
        Assert.NotEmpty(what);
        await TimeBound.Within100MillisecondsAsync(() => MarkdownRenderer.Render(text));
        await FramesWithin100MillisecondsAsync(text, "text");

        var body = Render(text);
        if (text.Contains("text", StringComparison.Ordinal))
        {
            Assert.Contains("text", body.TextContent, StringComparison.Ordinal);
        }

        Assert.InRange(Depth(body), 1, 100);
    }

    public static TheoryData<string> Endless =>
    [
        "a", "word ", "[", "]", "*", "_", "`", "~", "<", ">", "!", "![", "|", "&", "(", "#", "-", "+", "1", "\\", "\"", ":", "*a ", "a* ",
        "_a ", "**a ", "[a](", "[a](b", "[a](b) ", "![a](b) ", "[[a](b)](c)", "[a] ", "[](", "` `` ", "`a` ", "<a:", "<https://a.b> ",
        "&amp;", "https://a.b ", "https://a.b/(", "www.a.b ", "mailto:a@b.c ", "~~a~~ ", "*a_ ", "|:", "a|b", "[a|b](c)|", "> ", "- ", "1. ",
        "x*y*", "**a** ", "🎉", "\0", "[a\\", "<!--", "``", "```", "]]>", "\t",
    ];

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task One_megabyte_in_one_line_does_not_hang(string pattern)
    {
        var text = Repeat(pattern, 1_000_000 / pattern.Length);

        await TimeBound.Within100MillisecondsAsync(() => MarkdownRenderer.Render(text));
        await TimeBound.Within100MillisecondsAsync(() => MarkdownRenderer.Render("- " + text));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("word ")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("*")]
    [InlineData("`")]
    [InlineData("<")]
    [InlineData("![")]
    [InlineData("|")]
    [InlineData("\\")]
    [InlineData("*a ")]
    [InlineData("a* ")]
    [InlineData("**a ")]
    [InlineData("[a](")]
    [InlineData("[a](b")]
    [InlineData("[a] ")]
    [InlineData("<a:")]
    [InlineData("https://a.b ")]
    [InlineData("~~a~~ ")]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("```")]
    public async Task The_longest_answer_in_one_line_does_not_hold_up_a_frame(string pattern)
    {
        var text = Repeat(pattern, LongestAnswer / pattern.Length);

        await FramesWithin100MillisecondsAsync(text, pattern);
        await FramesWithin100MillisecondsAsync("- " + text, pattern);
    }

    public static TheoryData<string, string> Slow => new()
    {
        { "pipes", Repeat("|", 31_000) },
        { "nested list of 170 levels", string.Concat(Enumerable.Range(0, 170).Select(i => new string(' ', i * 2) + "- x\n")) },
        { "table of 5,000 columns", Repeat("|a", 5_000) + "|\n" + Repeat("|-", 5_000) + "|\n" + Repeat("|b", 5_000) + "|" },
        { "emphasis in words", Repeat("x*y*", 3_000) },
        { "tags", Repeat("<sub>a", 5_000) },
        { "crossing tags", Repeat("<sub>*a</sub>", 2_500) },
        { "folded content", Repeat("<details>\n", 3_000) },
        { "formulas", Repeat("\\(a", 8_000) },
        { "formulas over lines", Repeat("\\[\n", 10_000) },
        { "dollars", Repeat("$a ", 10_000) },
        { "footnotes", Repeat("a[^1]", 6_000) },
        { "definitions of footnotes", Repeat("[^1]: a\n", 4_000) },
        { "callouts", Repeat("> [!NOTE]\n", 3_000) },
        { "addresses", Repeat("https://a.b，", 3_000) },
        { "brackets in addresses", "https://a.b/" + Repeat("(", 30_000) },
        { "links with notes", Repeat("[a.example](https://b.example/?q=1) ", 900) },
        { "refused links", Repeat("[a](./b) ", 3_500) },
        { "lines", Repeat("a\n", 16_000) },
        { "quotations of one line", Repeat("> a\n", 8_000) },
    };

    [Theory]
    [MemberData(nameof(Slow))]
    public async Task No_frame_of_a_hostile_answer_takes_long_while_it_is_written(string what, string text)
    {
        Assert.NotEmpty(what);
        await TimeBound.Within100MillisecondsAsync(() => MarkdownRenderer.Render(text));

        // The slowest frame, at its best of a few runs: what is slow is slow each time.
        const int frames = 100;
        var best = Enumerable.Repeat(double.MaxValue, frames + 1).ToArray();
        for (var run = 0; run < 3; run++)
        {
            var stream = new MarkdownStream();
            for (var frame = 0; frame * text.Length / frames < text.Length; frame++)
            {
                stream.Append(text[(frame * text.Length / frames)..((frame + 1) * text.Length / frames)]);
                var began = TimeBound.Now;
                stream.Refresh();
                best[frame] = Math.Min(best[frame], (TimeBound.Now - began).TotalMilliseconds);
            }
        }

        Assert.InRange(best.Where(time => time < double.MaxValue).Max(), 0, 100);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("![a ")]
    [InlineData("[a](b")]
    [InlineData("[a](b \"")]
    public void What_passes_a_limit_is_shown_as_plain_text_and_nothing_is_cut_away(string pattern)
    {
        var text = Repeat(pattern, 200_000 / pattern.Length).Trim();

        var paragraph = Assert.Single(Render(text + "\n\n**after**").QuerySelectorAll("p.plain"));

        Assert.Equal(text, paragraph.TextContent);
        Assert.Equal("after", Render(text + "\n\n**after**").QuerySelector("strong")!.TextContent);
    }

    [Fact]
    public void Long_tables_and_long_paragraphs_of_honest_text_stay_within_the_limits()
    {
        var table = "| a | b | c |\n|---|---|---|\n" + Repeat("| **bold** text here | `code` | [x](https://example.org) and more |\n", 200);
        var paragraph = Repeat("Some words with a **bold** one, `code_with_names` and a [link](https://example.org/x). ", 100);

        Assert.Empty(Render(table + "\n" + paragraph).QuerySelectorAll(".plain"));
    }

    [Fact]
    public void A_table_of_a_million_cells_is_shown_as_plain_text()
    {
        var text = Repeat("|a", 1_000) + "|\n" + Repeat("|-", 1_000) + "|\n" + Repeat("|b|\n", 1_000);

        var body = Render(text);

        Assert.Empty(body.QuerySelectorAll("table"));
        Assert.EndsWith("|b|", body.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_definitions_are_shown_as_plain_text()
    {
        var text = Repeat("[a]: https://example.org\n", 10_000);

        Assert.Equal(text, Render(text).QuerySelector("pre.plain")!.TextContent);
    }

    [Fact]
    public void Every_snippet_of_the_corpus_becomes_safe_html_without_falling_back_to_plain_text()
    {
        foreach (var text in MarkdownCorpus.Documents.Concat(MarkdownCorpus.WithDefinitions))
        {
            Assert.Empty(Render(text).QuerySelectorAll(".plain"));
        }
    }

    /// <summary>The same for a running response: for the frame in which all of it comes, and for each after it.</summary>
    private static async Task FramesWithin100MillisecondsAsync(string text, string more)
    {
        await TimeBound.Within100MillisecondsAsync(() => Begin(text));
        var stream = Begin(text);
        await TimeBound.Within100MillisecondsAsync(() =>
        {
            stream.Append(more);
            stream.Refresh();
        });
    }

    private static MarkdownStream Begin(string text)
    {
        var stream = new MarkdownStream();
        stream.Append(text);
        stream.Refresh();
        return stream;
    }

    private static IElement Render(string text) => SafeHtml.Parse(string.Concat(MarkdownRenderer.Render(text).Select(block => block.Html)));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static int Depth(IElement root) => root.QuerySelectorAll("*").Max(element => element.GetAncestors().Count());

    [Theory]
    [InlineData("```\n```\n")]
    [InlineData("- [ ] x\n")]
    public void A_text_that_would_become_many_times_as_long_is_shown_as_it_was_written(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 32_000 / unit.Length));
        Assert.InRange(MarkdownRenderer.Render(text).Sum(block => block.Html.Length), text.Length, (8 * text.Length) + 20_000);
    }
}
