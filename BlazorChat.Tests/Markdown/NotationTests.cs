using AngleSharp.Dom;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>What is drawn beyond CommonMark, and what stays exactly as a model wrote it.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class NotationTests
{
    [Theory]
    [InlineData(@"\(a_1 * b_1 * c_1\)")]
    [InlineData(@"\[ \int_0^1 x^2\,dx = \frac{1}{3} \]")]
    [InlineData(@"\[\begin{aligned}x &= 1 \\ y &= 2\end{aligned}\]")]
    [InlineData(@"$E = mc^2$ and $a_1 * b_1*c_1$, $\{x\}$")]
    [InlineData(@"$$x_1 *y* \\ z_1$$")]
    [InlineData(@"\\ and \\server\share and \, \; \: \{x\} \[ \( alone")]
    [InlineData("$$\nx_1 &= \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} \\\\\n- y\n= 2\n$$")]
    [InlineData("\\[\n\\int_0^1 x^2\\,dx\n+ *1*\n\\]")]
    [InlineData("\\begin{cases}\n> 1 \\\\\n# 2\n\\end{cases}")]
    [InlineData("\\[ a_1\n* b\n\n")]
    public void Formulas_and_their_backslashes_stay_as_they_were_written(string text)
    {
        var body = Parse(text);

        Assert.Equal(text.Trim('\n'), body.TextContent);
        Assert.Empty(body.QuerySelectorAll("em,strong,ul,ol,h3,h4,blockquote"));
    }

    [Theory]
    [InlineData("It costs **$1.50** for a, $10K flat, *phase* 2 at $8K; $/PR is down but $/session is up", "em,strong", 2)]
    [InlineData("It costs $5 and $10, or **$5 for a start (it was 9$)** and 20$, not *$15 more$*.", "em,strong", 2)]
    [InlineData("US$5*x* and 6$ *y* $7", "em", 2)]
    [InlineData(@"2 \* 3 \_ \# \` 1986\. 1\) \$5 \%", "em,span", 0)]
    public void Money_and_escaped_marks_are_no_formulas(string text, string selector, int count)
    {
        var body = Parse(text);

        Assert.Empty(body.QuerySelectorAll("tex-inline,tex-block"));
        Assert.Equal(count, body.QuerySelectorAll(selector).Length);
        Assert.DoesNotContain('\\', body.TextContent);
    }

    [Theory]
    [InlineData("$5x + 3 = 8$")]
    [InlineData("$2 \\text{ for all } x$")]
    [InlineData("$10$")]
    [InlineData("$x$")]
    [InlineData("$3 k$")]
    public void A_formula_may_begin_with_a_number(string text) => Assert.Equal(text, Parse(text).QuerySelector("p > tex-inline")!.TextContent);

    [Theory]
    [InlineData("**真，**她来了", "真，")]
    [InlineData("**「A」**なので**「B」**です", "「A」|「B」")]
    [InlineData("**한국어(Korean)**은 좋다", "한국어(Korean)")]
    [InlineData("~~旧，~~新", "旧，")]
    [InlineData("*強調。*次", "強調。")]
    [InlineData("这是**“重点”**内容。", "“重点”")]
    [InlineData("**𠮷（よし）**の字", "𠮷（よし）")]
    [InlineData("彼は**「はい」**と言った", "「はい」")]
    public void Emphasis_needs_no_spaces_in_texts_that_are_written_without(string text, string emphasized)
    {
        Assert.Equal(emphasized, string.Join('|', Parse(text).QuerySelectorAll("strong,em,del").Select(element => element.TextContent)));
    }

    [Theory]
    [InlineData("*a **b** c* ***d*** **e *f***", "<em>a <strong>b</strong> c</em> <em><strong>d</strong></em> <strong>e <em>f</em></strong>")]
    [InlineData("**a* b**", "<em><em>a</em> b</em>*")]
    [InlineData("*a **b* c**", "<em>a <em><em>b</em> c</em></em>")]
    [InlineData("*a**b**c*", "<em>a<strong>b</strong>c</em>")]
    [InlineData("_a *b_ c*", "<em>a *b</em> c*")]
    [InlineData("~~a ~b~~ ~c~", "<del>a ~b</del> ~c~")]
    [InlineData("*a [b* c](https://a.example) d*", "<em>a <a href=\"https://a.example\" rel=\"noopener noreferrer nofollow ugc\" target=\"_blank\">b* c</a> d</em>")]
    [InlineData("*a [b* c", "<em>a [b</em> c")]
    [InlineData("__init__ snake_case __a__b", "<strong>init</strong> snake_case __a__b")]
    public void Marks_find_their_counterparts_as_in_commonmark(string text, string html) =>
        Assert.Equal($"<p dir=\"auto\">{html}</p>", Assert.Single(MarkdownRenderer.Render(text)).Html);

    [Theory]
    [InlineData("3. three\n4. four\n\n2024. year", "3,4,2024")]
    [InlineData("3. a\n7. b\n8. c", "3,7,8")]
    [InlineData("1. a\n1. b\n1. c", "1,2,3")]
    [InlineData("2. a\n1. b", "2,1")]
    [InlineData("0. a\n1. b", "0,1")]
    public void Lists_have_the_numbers_that_were_written(string text, string numbers) => Assert.Equal(numbers, NumbersOf(Parse(text)));

    [Fact]
    public void A_list_with_brackets_keeps_them() => Assert.Equal("paren", Parse("1) a\n2) b").QuerySelector("ol")!.ClassName);

    [Fact]
    public void A_list_that_is_indented_by_six_goes_on_in_its_item_as_on_github() =>
        Assert.Equal("<ul dir=\"auto\"><li>a<br>- b<br>- c</li></ul>", Assert.Single(MarkdownRenderer.Render("- a\n      - b\n          - c")).Html);

    [Fact]
    public void Harmless_tags_are_drawn()
    {
        var body = Parse("Line one<br>two<br/>three<BR />four, H<sub>2</sub>O, x<sup>*2*</sup>, press <kbd>Ctrl</kbd>\n\n| a<br>b | c |\n|---|---|\n| `a \\| b` | <kbd>x</kbd> |");

        Assert.Equal(4, body.QuerySelectorAll("br").Length);
        Assert.Equal(["2", "2", "Ctrl", "x"], body.QuerySelectorAll("sub,sup,kbd").Select(element => element.TextContent));
        Assert.Equal("a | b", body.QuerySelector("td code")!.TextContent);
    }

    [Theory]
    [InlineData("<sub>a")]
    [InlineData("a</sub>")]
    [InlineData("<sub onclick=x>a</sub>")]
    [InlineData("<sub >a</sub >")]
    [InlineData("</details>")]
    [InlineData("<details open>\n\nx\n\n</details>")]
    [InlineData("text <details> text")]
    [InlineData("<summary>x</summary>")]
    [InlineData("<u>a</u> <b>b</b> <mark>c</mark>")]
    public void Tags_with_attributes_without_counterpart_or_off_the_list_are_text(string text)
    {
        var body = Parse(text);

        Assert.Empty(body.QuerySelectorAll("sub,details,summary,u,b,mark"));
        Assert.Contains('<', body.TextContent);
    }

    [Fact]
    public void Elements_never_cross()
    {
        Assert.Equal("<p dir=\"auto\">H<sub>2 *a</sub> b* &lt;sub&gt;x</p>", Assert.Single(MarkdownRenderer.Render("H<sub>2 *a</sub> b* <sub>x")).Html);
        Assert.Equal("<p dir=\"auto\"><em>a &lt;sub&gt;b</em> c&lt;/sub&gt;</p>", Assert.Single(MarkdownRenderer.Render("*a <sub>b* c</sub>")).Html);
    }

    [Theory]
    [InlineData("<details>\n<summary>Click me</summary>\n\nHidden **text**\n\n</details>\nafter", "Click me", "Hidden text", "after")]
    [InlineData("<details><summary>One *line*</summary>Hidden</details>\nafter", "One line", "Hidden", "after")]
    [InlineData("<details>\n\nHidden\n</details>\n\nafter", "Details", "Hidden", "after")]
    [InlineData("> <details>\n> <summary>S</summary>\n>\n> Hidden\n\nafter", "S", "Hidden", "after")]
    public void Details_are_folded_and_end_where_they_should(string text, string summary, string hidden, string after)
    {
        var body = Parse(text);

        var details = Assert.Single(body.QuerySelectorAll("details"));
        Assert.Equal(summary, details.QuerySelector("summary")!.TextContent);
        Assert.Equal(hidden, string.Concat(details.Children.Skip(1).Select(child => child.TextContent)));
        Assert.Equal(after, body.Children[^1].TextContent);
        Assert.False(details.HasAttribute("open"));
    }

    [Fact]
    public void A_closing_tag_in_a_fence_ends_no_details_and_details_nest()
    {
        var body = Parse("<details>\n<summary>A</summary>\n\n```html\n</details>\n```\n\n<details><summary>B</summary>inner</details>\n\nend\n</details>\n\nafter");

        Assert.Equal("</details>\n", body.QuerySelector("details pre")!.TextContent);
        Assert.Equal("B", body.QuerySelector("details details summary")!.TextContent);
        Assert.Equal("end", body.QuerySelector("body > details > p")!.TextContent);
        Assert.Equal("after", body.QuerySelector("body > p")!.TextContent);
    }

    [Fact]
    public void Footnotes_are_raised_and_their_texts_stand_where_they_were_written()
    {
        var body = Parse("A claim[^1] and another[^note].\n\n[^1]: The *source*.\n    It goes on.\n[^note]: Second source.");

        Assert.Equal(["[1]", "[note]"], body.QuerySelectorAll("sup.footnote-ref").Select(element => element.TextContent));
        Assert.Equal(["[1]The source.It goes on.", "[note]Second source."], body.QuerySelectorAll("div.footnote").Select(element => element.TextContent));
        Assert.Empty(body.QuerySelectorAll("[id]"));
    }

    [Theory]
    [InlineData("The class [^abc] and x[^0-9]+ and [^\\s]")]
    [InlineData("x[^ab]* y[^cd]{2}")]
    public void Negated_classes_of_regular_expressions_are_no_footnotes(string text)
    {
        var body = Parse(text);

        Assert.Empty(body.QuerySelectorAll("sup"));
        Assert.Equal(text, body.TextContent);
    }

    [Theory]
    [InlineData("> [!NOTE]\n> Text **b**", "callout callout-note", "NoteText b")]
    [InlineData("> [!warning]\n>\n> - a", "callout callout-warning", "Warninga")]
    [InlineData("> [!TIP]", "callout callout-tip", "Tip")]
    [InlineData("> [!FOO]\n> x", null, "[!FOO]x")]
    [InlineData("> [!NOTE] title\n> x", null, "[!NOTE] titlex")]
    public void Callouts_have_a_title(string text, string? classes, string content)
    {
        var quote = Parse(text).QuerySelector("blockquote")!;

        Assert.Equal(classes ?? "", quote.ClassName ?? "");
        Assert.Equal(content, quote.TextContent);
    }

    [Theory]
    [InlineData("do\n\n    ```html\n    <b>x</b>\n      y\n    ```\nnext", "<b>x</b>\n  y\n")]
    [InlineData("do\n    ```html\n    <b>x</b>\n    ```\nnext", "<b>x</b>\n")]
    [InlineData("do\n\n\t```html\n\t<b>x</b>\n\t```\nnext", "<b>x</b>\n")]
    [InlineData("do\n\n      ~~~html\n      <b>x</b>\n      ~~~\nnext", "<b>x</b>\n")]
    public void A_fence_may_be_indented_as_a_whole(string text, string code)
    {
        var body = Parse(text);

        Assert.Equal(code, body.QuerySelector("pre")!.TextContent);
        Assert.Equal("HTML", body.QuerySelector(".code-lang")!.TextContent);
        Assert.Equal(["do", "next"], body.QuerySelectorAll("p").Select(element => element.TextContent));
    }

    [Fact]
    public void Code_addresses_and_formulas_say_nothing_about_the_direction()
    {
        var body = Parse("`git` ثم\n\nhttps://a.example ثم\n\n\\(x\\) ثم\n\n- `a` ثم\n\n```js\nx\n```");

        Assert.All(body.QuerySelectorAll("code,a,tex-inline,.code-block").Where(element => element.ParentElement!.LocalName != "pre"), element => Assert.Equal("ltr", element.GetAttribute("dir")));
    }

    [Theory]
    [InlineData("| الاسم | القيمة |\n|---|---|\n| أحمد | ١٢٣ |", "rtl")]
    [InlineData("| `x` | שם |\n|---|---|\n| a | b |", "rtl")]
    [InlineData("| Name | الاسم |\n|---|---|\n| a | b |", null)]
    public void A_table_has_the_direction_of_its_head(string text, string? direction) =>
        Assert.Equal(direction, Parse(text).QuerySelector("table")!.GetAttribute("dir"));

    [Fact]
    public void Numbers_in_a_table_from_right_to_left_follow_it() =>
        Assert.False(Parse("| الاسم | القيمة |\n|---|---|\n| أحمد | ١٢٣ |").QuerySelectorAll("td")[1].HasAttribute("dir"));

    [Fact]
    public void A_long_paragraph_with_many_marks_is_drawn()
    {
        var text = string.Concat(Enumerable.Repeat("Some **bold**, *slanted* and ~~old~~ words, `code_with_names`, [a link](https://example.org/x) and x*y*. ", 320));
        Assert.InRange(text.Length, 33_000, 40_000);

        var body = Parse(text);

        Assert.Empty(body.QuerySelectorAll(".plain"));
        Assert.Equal(320, body.QuerySelectorAll("strong").Length);
        Assert.Equal(320, body.QuerySelectorAll("a").Length);
    }

    private static string NumbersOf(IElement body)
    {
        var number = 0;
        var list = body.QuerySelector("ol")!;
        number = int.Parse(list.GetAttribute("start") ?? "1") - 1;
        return string.Join(',', list.Children.Select(item => number = item.GetAttribute("value") is { } value ? int.Parse(value) : number + 1));
    }

    private static IElement Parse(string text) => SafeHtml.Parse(string.Concat(MarkdownRenderer.Render(text).Select(block => block.Html)));
}
