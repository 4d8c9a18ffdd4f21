using AngleSharp.Dom;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>What Markdown becomes.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MarkdownFeatureTests
{
    // A browser's translation would change what has to be exactly as it is; the text around it is for it to translate.
    [Theory]
    [InlineData("text `code` text", "code")]
    [InlineData("text\n\n```csharp\nvar a = 1;\n```\n\ntext", "pre, .code-lang")]
    [InlineData("text\n\n    indented\n\ntext", "pre")]
    [InlineData("text $$a + b$$ text", "tex-inline")]
    [InlineData("text \\(a + b\\) text", "tex-inline")]
    [InlineData("text [bank.example](https://evil.example/) text", ".link-note")]
    [InlineData("| text | `code` |\n| --- | --- |\n| text | `code` |", "code")]
    public void Code_formulas_and_hosts_are_not_to_be_translated(string text, string exact)
    {
        foreach (var html in new[] { MarkdownRenderer.Render(text), MarkdownRenderer.RenderTyped(text) }.Select(blocks => string.Concat(blocks.Select(b => b.Html))))
        {
            var body = SafeHtml.Parse(html);
            Assert.All(body.QuerySelectorAll(exact), element => Assert.Equal("no", element.GetAttribute("translate")));
            Assert.All(body.QuerySelectorAll("[translate]"), element => Assert.DoesNotContain("text", element.TextContent, StringComparison.Ordinal));
        }

        Assert.NotEmpty(SafeHtml.Parse(string.Concat(MarkdownRenderer.Render(text).Select(b => b.Html))).QuerySelectorAll(exact));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n \n", "")]
    [InlineData("text", "<p dir=\"auto\">text</p>")]
    [InlineData("*a* **b** ***c*** ~~d~~ `e`", "<p dir=\"auto\"><em>a</em> <strong>b</strong> <em><strong>c</strong></em> <del>d</del> <code dir=\"ltr\" translate=\"no\">e</code></p>")]
    [InlineData("~a~ ^b^ ++c++ ==d==", "<p dir=\"auto\">~a~ ^b^ ++c++ ==d==</p>")]
    [InlineData("one\ntwo  \nthree\\\nfour", "<p dir=\"auto\">one<br>two<br>three<br>four</p>")]
    [InlineData("snake_case_name 2*3", "<p dir=\"auto\">snake_case_name 2*3</p>")]
    [InlineData("&copy; &lt; AT&T", "<p dir=\"auto\">© &lt; AT&amp;T</p>")]
    [InlineData("***", "<hr>")]
    [InlineData("# a", "<h3 dir=\"auto\">a</h3>")]
    [InlineData("## a", "<h4 dir=\"auto\">a</h4>")]
    [InlineData("### a", "<h5 dir=\"auto\">a</h5>")]
    [InlineData("#### a", "<h6 dir=\"auto\">a</h6>")]
    [InlineData("###### a", "<h6 dir=\"auto\">a</h6>")]
    [InlineData("a\n===", "<h3 dir=\"auto\">a</h3>")]
    [InlineData("> a\n>\n> b", "<blockquote dir=\"auto\"><p>a</p><p>b</p></blockquote>")]
    [InlineData("- a\n- b\n  1. c", "<ul dir=\"auto\"><li>a</li><li>b<ol dir=\"auto\"><li>c</li></ol></li></ul>")]
    [InlineData("3. a\n4. b", "<ol dir=\"auto\" start=\"3\"><li>a</li><li>b</li></ol>")]
    [InlineData("- a\n\n- b", "<ul dir=\"auto\"><li><p>a</p></li><li><p>b</p></li></ul>")]
    public void Blocks_become_html(string text, string html)
    {
        Assert.Equal(html, string.Concat(MarkdownRenderer.Render(text).Select(block => block.Html)));
    }

    [Fact]
    public void Each_top_level_block_stands_alone()
    {
        var blocks = MarkdownRenderer.Render("# Title\n\ntext\n- a\n- b\n\n```\nx\n```");

        Assert.Equal(["h3", "p", "ul", "code-block"], blocks.Select(block => SafeHtml.Parse(block.Html).FirstElementChild!.LocalName));
    }

    [Theory]
    [InlineData("- ```\n* * *\nx", "ul hr p")]
    [InlineData("1. ~~~\n- --\nx", "ol hr p")]
    [InlineData("- ```\n  * * *\nx", "ul p")]
    [InlineData("- ```\n* * * x", "ul ul")]
    public void A_thematic_break_ends_a_list_also_while_a_fence_stands_open_in_it(string text, string blocks) =>
        Assert.Equal(blocks, string.Join(' ', MarkdownRenderer.Render(text).Select(block => SafeHtml.Parse(block.Html).FirstElementChild!.LocalName)));

    [Fact]
    public void A_code_block_has_a_label_and_its_text_untouched()
    {
        var block = Assert.Single(MarkdownRenderer.Render("```python title=x\nif a < b:\n    print(\"&amp;\")\n\n```"));

        Assert.Equal(
            "<code-block class=\"code-block\" dir=\"ltr\"><div class=\"code-head\"><span class=\"code-lang\" translate=\"no\">Python</span></div>"
            + "<pre tabindex=\"0\" translate=\"no\"><code class=\"language-python\">"
            + "if a &lt; b:\n    print(&quot;&amp;amp;&quot;)\n\n</code></pre></code-block>",
            block.Html);
    }

    [Theory]
    [InlineData("c++", "C++")]
    [InlineData("C#", "C#")]
    [InlineData("cs", "C#")]
    [InlineData("ts", "TypeScript")]
    [InlineData("bash", "Shell")]
    [InlineData("sh", "Shell")]
    [InlineData("YML", "YAML")]
    [InlineData("mermaid", "Mermaid")]
    [InlineData("objective-c", "Objective-C")]
    [InlineData("asp.net", "asp.net")]
    public void A_language_is_called_by_its_proper_name_and_an_unknown_one_as_it_was_written(string language, string name)
    {
        var body = Parse($"```{language}\nx\n```");

        Assert.Equal(name, body.QuerySelector(".code-lang")!.TextContent);
        Assert.Equal("language-" + language, body.QuerySelector("pre code")!.ClassName);
    }

    [Fact]
    public void A_table_scrolls_in_a_named_box_and_aligns_by_class()
    {
        var body = Parse("| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | **2** |");

        var box = body.QuerySelector("table-box.table-scroll")!;
        Assert.Equal("Table", box.GetAttribute("aria-label"));
        Assert.Equal("0", box.GetAttribute("tabindex"));
        Assert.Equal(["", "align-left", "align-center", "align-right"], body.QuerySelectorAll("th").Select(cell => cell.ClassName ?? ""));
        Assert.Equal(["1", "2", "", ""], body.QuerySelectorAll("tbody td").Select(cell => cell.TextContent));
    }

    [Fact]
    public void A_table_may_touch_the_text_above_and_below_it()
    {
        var blocks = MarkdownRenderer.Render("Here it is:\n| a | b |\n|---|---|\n| 1 | 2 |\nand on it goes\n- and on");

        Assert.Equal(["p", "table-box", "p", "ul"], blocks.Select(block => SafeHtml.Parse(block.Html).FirstElementChild!.LocalName));
    }

    [Fact]
    public void Task_boxes_have_names_and_only_stand_at_the_start_of_an_item()
    {
        var body = Parse("- [ ] a\n- [x] b\n- [x](https://example.org) c\n- d [x] e\n\n[x] f");

        Assert.Equal(["open", "done"], body.QuerySelectorAll("li.task-item > [role=img]").Select(box => box.GetAttribute("aria-label")));
        Assert.Equal("d [x] e", body.QuerySelectorAll("li")[3].TextContent);
        Assert.Single(body.QuerySelectorAll("a"));
    }

    [Theory]
    [InlineData("[a *b*](https://example.org/x?y=1&z=2)", "https://example.org/x?y=1&z=2", "a b")]
    [InlineData("[a](HTTPS://Example.org)", "HTTPS://Example.org", "a")]
    [InlineData("[mail](mailto:me@example.org)", "mailto:me@example.org", "mail")]
    [InlineData("<https://example.org>", "https://example.org", "https://example.org")]
    [InlineData("<me@example.org>", "mailto:me@example.org", "me@example.org")]
    [InlineData("(https://example.org/a_b_c).", "https://example.org/a_b_c", "https://example.org/a_b_c")]
    [InlineData("**https://example.org/x**", "https://example.org/x", "https://example.org/x")]
    [InlineData("www.example.org", "https://www.example.org", "www.example.org")]
    [InlineData("[a]\n\n[a]: <https://example.org> 'Title'", "https://example.org", "a")]
    [InlineData("[](https://example.org)", "https://example.org", "https://example.org")]
    [InlineData("[a](https://example.org/ü)", "https://example.org/ü", "a")]
    public void Links_open_beside_the_page_and_say_nothing_about_it(string text, string href, string label)
    {
        var link = Assert.Single(Parse(text).QuerySelectorAll("a"));

        Assert.Equal(href, link.GetAttribute("href"));
        Assert.Equal(label, link.TextContent);
    }

    [Fact]
    public void Right_to_left_text_finds_its_direction_by_itself()
    {
        var body = Parse("# שלום\n\nשלום\n\n- שלום\n\n> שלום\n\n| שלום |\n|---|\n| a |");

        Assert.All(body.QuerySelectorAll("h3,body > p,ul,blockquote,th,td"), element => Assert.Equal("auto", element.GetAttribute("dir")));
    }

    [Theory]
    [InlineData("a\r\nb\r\n\r\n```\r\nc\r\n```", "a\nb\n\n```\nc\n```")]
    [InlineData("a\rb", "a\nb")]
    public void Line_ends_of_all_systems_mean_the_same(string text, string same)
    {
        Assert.True(MarkdownRenderer.Render(same).SequenceEqual(MarkdownRenderer.Render(text)));
    }

    private static IElement Parse(string text) => SafeHtml.Parse(string.Concat(MarkdownRenderer.Render(text).Select(block => block.Html)));
}
