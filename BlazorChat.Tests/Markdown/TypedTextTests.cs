using System.Text;
using AngleSharp.Dom;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;
using CsCheck;

namespace BlazorChat.Tests.Markdown;

/// <summary>A person reads what a person typed.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class TypedTextTests
{
    [Theory]
    [InlineData(@"C:\new\_temp\*.txt and \\server\share")]
    [InlineData(@"¯\_(ツ)_/¯")]
    [InlineData("2,C*D*E,4_000_1 and 2*3*4")]
    [InlineData("def f():\n    x = 1\n    if x:\n        return")]
    [InlineData("Exception: boom\n\tat Foo.Bar()\n\tat Foo.Main()")]
    [InlineData("    starts indented\n\n\n\nafter  three   gaps ")]
    [InlineData("# include <stdio.h>\n#define X\n## not a heading ##")]
    [InlineData("a\n---\nb\n===\n***\n- - -\n* * *")]
    [InlineData("+ added\n+ more\n007. Bond")]
    [InlineData(">>> print(1)\n>no space\n->")]
    [InlineData("snake_case __init__ _my_name_ _v1_ a__b__c __name__ == '__main__'")]
    [InlineData("rm *.o *.a; ls **/*.cs src/**/*.cs; */5 * * * *")]
    [InlineData("int *a, *b; x = *p + *q; f(*args, **kwargs)")]
    [InlineData("\"*\" + x + \"*\" and '_' or '_'")]
    [InlineData("a ** b ** c, 2 * 3 * 4, ~/a ~b~ ~~ c ~~")]
    [InlineData("&copy; &amp; &lt;b&gt; <b>bold</b> <br> <details>")]
    [InlineData("[a]: https")]
    [InlineData("[^1] and [^1]: note\n[!NOTE]\n[x] done [ ] open")]
    [InlineData("[file](./local.md) [js](javascript:alert(1)) ![i](x.png) [a][b] []()")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |")]
    [InlineData(@"\(a_1 * b_1 * c_1\) \[ *x* \] $$ _y_ $$ $E = mc^2$ \\ \, \*")]
    [InlineData("`unclosed and ``other")]
    [InlineData("line with trailing backslash\\\nnext")]
    [InlineData("wörd*s*wörd ein_zwei_drei")]
    public void What_is_not_drawn_stays_as_it_was_typed(string text)
    {
        var body = Parse(text);

        Assert.Equal(text, body.TextContent);
        Assert.Empty(body.QuerySelectorAll("em,strong,del,ul,ol,code,h3,hr,blockquote,table,a"));
    }

    [Theory]
    [InlineData("*a* **b** _c_ ~~d~~ `e`", "<em>a</em> <strong>b</strong> <em>c</em> <del>d</del> <code dir=\"ltr\" translate=\"no\">e</code>")]
    [InlineData("(**a**), \"*b*\": *c*!", "(<strong>a</strong>), &quot;<em>b</em>&quot;: <em>c</em>!")]
    [InlineData("**a *b* c**", "<strong>a <em>b</em> c</strong>")]
    [InlineData("*a **b* c**", "<em>a **b</em> c**")]
    [InlineData("**注意：**次 これは*大事*です", "<strong>注意：</strong>次 これは<em>大事</em>です")]
    [InlineData("__two words__ and __init__", "<strong>two words</strong> and __init__")]
    [InlineData("`a  b\\` and ``x ` y``", "<code dir=\"ltr\" translate=\"no\">a  b\\</code> and <code dir=\"ltr\" translate=\"no\">x ` y</code>")]
    [InlineData("*not\nover lines*", "*not\nover lines*")]
    [InlineData("¿*qué*? ¡**Hola**! …*x*… a—*b*—c", "¿<em>qué</em>? ¡<strong>Hola</strong>! …<em>x</em>… a—<em>b</em>—c")]
    [InlineData("\u200F*שלום*\u200F \u2067**טוב**\u2069", "\u200F<em>שלום</em>\u200F \u2067<strong>טוב</strong>\u2069")]
    [InlineData("هذا *مهم*، وهذا **أهم**؟ यह *ज़रूरी*।", "هذا <em>مهم</em>، وهذا <strong>أهم</strong>؟ यह <em>ज़रूरी</em>।")]
    [InlineData("می\u200C*خواهم*", "می\u200C*خواهم*")]
    public void Marks_at_the_borders_of_words_are_drawn(string text, string html) =>
        Assert.Equal($"<p class=\"typed\" dir=\"auto\">{html}</p>", Assert.Single(MarkdownRenderer.RenderTyped(text)).Html);

    [Theory]
    [InlineData("see https://example.com/a_b_c. (https://example.com/d)", "https://example.com/a_b_c|https://example.com/d")]
    [InlineData("[the *docs*](https://example.com/a_(b)) 见https://example.com/x，谢谢", "https://example.com/a_(b)|https://example.com/x")]
    [InlineData("<https://example.com/x> www.example.com mailto:me@example.com", "https://example.com/x|https://www.example.com|mailto:me@example.com")]
    [InlineData("![cat](https://example.com/cat.png) `https://example.com`", "https://example.com/cat.png")]
    public void Links_are_drawn(string text, string addresses) =>
        Assert.Equal(addresses, string.Join('|', Parse(text).QuerySelectorAll("a").Select(link => link.GetAttribute("href"))));

    [Theory]
    [InlineData("[ ](https://example.com/x)")]
    [InlineData("[\u200B\u2060](https://example.com/x)")]
    public void A_link_whose_text_shows_nothing_stays_as_it_was_typed(string text) => Assert.Equal(text, Parse(text).TextContent);

    [Fact]
    public void An_address_that_is_too_long_for_a_link_is_text_and_not_a_link_to_a_part_of_it()
    {
        var address = "https://example.com/?q=" + new string('x', 9_000);

        Assert.Equal("https://example.com/y", Assert.Single(Parse($"{address} https://example.com/y").QuerySelectorAll("a")).TextContent);
    }

    [Fact]
    public void A_link_shows_its_real_host_here_too() =>
        Assert.Equal(" (evil.example, sends 8 characters)", Parse("[https://bank.example](https://evil.example/?q=secret)").QuerySelector(".link-note")!.TextContent);

    [Fact]
    public void A_fence_is_code_wherever_it_is_indented()
    {
        var body = Parse("look:\n```py\ndef f():\n\treturn *x*\n\n```\n  ~~~\n  a\n    b\n  ~~~\nend\n```\nnever closed");

        Assert.Equal(["def f():\n\treturn *x*\n\n", "a\n  b\n", "never closed\n"], body.QuerySelectorAll("pre").Select(element => element.TextContent));
        Assert.Equal("Python", body.QuerySelector(".code-lang")!.TextContent);
        Assert.Equal(["look:", "end"], body.QuerySelectorAll("p").Select(element => element.TextContent));
    }

    [Theory]
    [InlineData("- a\n- b\n  - c\n  - d\n- e", "<ul class=\"typed\" dir=\"auto\"><li>a</li><li>b<ul class=\"typed\" dir=\"auto\"><li>c</li><li>d</li></ul></li><li>e</li></ul>")]
    [InlineData("3. a\n7. b\n8. c", "<ol class=\"typed\" dir=\"auto\" start=\"3\"><li>a</li><li value=\"7\">b</li><li>c</li></ol>")]
    [InlineData("1. a\n1. b", "<ol class=\"typed\" dir=\"auto\"><li>a</li><li value=\"1\">b</li></ol>")]
    [InlineData("1) a\n2) b", "<ol class=\"typed paren\" dir=\"auto\"><li>a</li><li>b</li></ol>")]
    [InlineData("1986. A great year", "<ol class=\"typed\" dir=\"auto\" start=\"1986\"><li class=\"wide-number\">A great year</li></ol>")]
    [InlineData("* a\n  goes *on*\n* b", "<ul class=\"typed\" dir=\"auto\"><li>a\ngoes <em>on</em></li><li>b</li></ul>")]
    [InlineData("- a\n1. b", "<ul class=\"typed\" dir=\"auto\"><li>a</li></ul><ol class=\"typed\" dir=\"auto\"><li>b</li></ol>")]
    [InlineData("- [ ] a", "<ul class=\"typed\" dir=\"auto\"><li class=\"task-item\"><span class=\"task\" role=\"img\" aria-label=\"open\" aria-labelledby=\"task-open\"></span>a</li></ul>")]
    public void Lists_have_the_numbers_that_were_typed(string text, string html) => Assert.Equal(html, Assert.Single(MarkdownRenderer.RenderTyped(text)).Html);

    [Fact]
    public void Quotations_have_whatever_else_is_drawn()
    {
        var body = Parse("> Ada wrote\n> - *this*\n>\n> > and that\nyes");

        Assert.Equal("this", body.QuerySelector("blockquote ul em")!.TextContent);
        Assert.Equal("and that", body.QuerySelector("blockquote blockquote")!.TextContent);
        Assert.Equal("yes", body.QuerySelector("body > p")!.TextContent);
    }

    [Fact]
    public void A_persons_message_is_shown_as_typed_and_an_assistants_as_markdown()
    {
        var part = new BlazorChat.Messages.TextPart(@"# a\b");

        Assert.Contains("# a\\b", Html(BlazorChat.Messages.AuthorKind.Person), StringComparison.Ordinal);
        Assert.Contains("<h3", Html(BlazorChat.Messages.AuthorKind.Assistant), StringComparison.Ordinal);

        string Html(BlazorChat.Messages.AuthorKind kind) =>
            Assert.Single(BlazorChat.Live.RenderedPart.Of(part, new BlazorChat.Messages.Author(kind, "1", "Ada")).Blocks).Html;
    }

    [Fact]
    public void Random_texts_become_safe_html_and_lose_nothing_that_is_not_a_mark() =>
        Property.Holds(
            MarkdownCorpus.Texts,
            text =>
            {
                var body = SafeHtml.Parse(string.Concat(MarkdownRenderer.RenderTyped(text).Select(block => block.Html)));
                return Letters(text).All(c => body.InnerHtml.Contains(c, StringComparison.Ordinal) || body.TextContent.Contains(c, StringComparison.Ordinal));
            },
            sample: 2_000,
            whole: 100_000);

    public static TheoryData<string> Endless =>
    [
        "a", "word ", "[", "]", "*", "_", "`", "~", "<", "!", "![", "|", "(", "\\", "*a ", "a* ", "**a ", "*a* ", "[a](", "[a](b", "[a](https://a.b) ", "`` `` ",
        "`a` ", "``` ", "https://a.b ", "https://a.b/(", "www.a.b ", "\\(", "\\[", "$$", "$a", "- ", "> ", "1. ", "- a\n", "> a\n", "> - a\n", "1. a\n", "```\n", "```a\n",
        "~~~\n", "\n", "\t", "a\n", "*a\n", "- a\n```\n", "`a``b```c````d", "x*y*", "  - a\n", "- a\n  - b\n", ">\n", "> > ", "~~a~~ ",
    ];

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task The_longest_message_of_one_pattern_does_not_hang(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, 32_000 / pattern.Length));

        await TimeBound.Within100MillisecondsAsync(() => MarkdownRenderer.RenderTyped(text));
        SafeHtml.Parse(string.Concat(MarkdownRenderer.RenderTyped(text).Select(block => block.Html)));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](https://example.org/\"onclick=\"alert(1))")]
    [InlineData("```\"><script>\nx\n```")]
    [InlineData("`</code><script>alert(1)</script>`")]
    [InlineData("- <svg/onload=alert(1)>\n> <iframe>")]
    [InlineData("https://example.org/\"onmouseover=\"alert(1)")]
    [InlineData("$<script>$ \\(<b>\\)")]
    public void Nothing_of_what_is_typed_runs(string text) =>
        Assert.Empty(Parse(text).QuerySelectorAll("script,img,svg,iframe,b,[onclick],[onmouseover],[href^=javascript]"));

    private static IEnumerable<string> Letters(string text) => text.EnumerateRunes().Where(rune => Rune.IsLetter(rune) && rune.Value != 'x').Select(rune => rune.ToString());

    private static IElement Parse(string text) => SafeHtml.Parse(string.Concat(MarkdownRenderer.RenderTyped(text).Select(block => block.Html)));
}
