using AngleSharp.Dom;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>Where addresses end, what is said about links, and what is left of those that are refused.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class LinkTests
{
    [Theory]
    [InlineData("见 https://example.com/a?b=1，谢谢", "https://example.com/a?b=1")]
    [InlineData("https://example.com。", "https://example.com")]
    [InlineData("（https://a.example/1）和【https://b.example/2】", "https://a.example/1|https://b.example/2")]
    [InlineData("www.example.com、次", "www.example.com")]
    [InlineData("https://example.com/docs（说明）了解更多", "https://example.com/docs")]
    [InlineData("**https://example.com/a**。做", "https://example.com/a")]
    [InlineData("访问https://example.com了解更多", "https://example.com")]
    [InlineData("「https://example.com/x」と", "https://example.com/x")]
    [InlineData("https://zh.wikipedia.org/wiki/维基百科 是", "https://zh.wikipedia.org/wiki/维基百科")]
    [InlineData("https://ja.wikipedia.org/wiki/ア・イ、と", "https://ja.wikipedia.org/wiki/ア・イ")]
    [InlineData("https://ca.wikipedia.org/wiki/Col·lecció.", "https://ca.wikipedia.org/wiki/Col·lecció")]
    [InlineData("انظر https://example.com/x، ثم", "https://example.com/x")]
    [InlineData("देखें https://example.com/x।", "https://example.com/x")]
    [InlineData("(https://example.com/a_(b)) and [https://example.com/c]", "https://example.com/a_(b)|https://example.com/c")]
    [InlineData("“https://example.com/x” «https://example.com/y»", "https://example.com/x|https://example.com/y")]
    [InlineData("\"https://example.com/x\", 'https://example.com/y'.", "https://example.com/x|https://example.com/y")]
    [InlineData("URL:https://example.com/x…", "https://example.com/x")]
    [InlineData("http://localhost:3000/x, https://münchen.de/straße!", "http://localhost:3000/x|https://münchen.de/straße")]
    [InlineData("|https://example.com/x|", "https://example.com/x")]
    [InlineData("xhttps://example.com me@www.example.com a.www.example.com", "")]
    [InlineData("https:// http://。 www.", "")]
    [InlineData("`https://example.com`", "")]
    public void Bare_addresses_end_where_the_text_goes_on(string text, string addresses) =>
        Assert.Equal(addresses, string.Join('|', Parse(text).QuerySelectorAll("a").Select(link => link.TextContent)));

    [Theory]
    [InlineData("[https://bank.example/login](https://evil.example/?q=secret)", "evil.example, sends 8 characters")]
    [InlineData("[bank.example](https://evil.example)", "evil.example")]
    [InlineData("[Go to **bank**.example now](https://evil.example)", "evil.example")]
    [InlineData("[bank.example](https://bank.example.evil.example)", "bank.example.evil.example")]
    [InlineData("[https://bank.example@x](https://evil.example)", "evil.example")]
    [InlineData("[ba\u200Bnk.example](https://evil.example)", "evil.example")]
    [InlineData("[bank。example](https://evil.example)", "evil.example")]
    [InlineData("[\u202Eelpmaxe.knab](https://evil.example)", "evil.example")]
    [InlineData("![a cat](https://evil.example/cat.png)", "evil.example")]
    [InlineData("![a cat](https://evil.example/cat.png?d=1234567890)", "evil.example, sends 12 characters")]
    [InlineData("https://bank.example@evil.example/x", "evil.example")]
    [InlineData("https://b\u0430nk.example/", "xn--bnk-6cd.example")]
    [InlineData("[a@bank.example](mailto:b@evil.example)", "b@evil.example")]
    [InlineData("[1.2.3.4](https://evil.example)", "evil.example")]
    [InlineData("[https:/bank.example](https://evil.example)", "evil.example")]
    [InlineData("[http:bank.example](https://evil.example)", "evil.example")]
    [InlineData("[//bank.example/x](https://evil.example)", "evil.example")]
    [InlineData("[Visit:bank.example](https://evil.example)", "evil.example")]
    [InlineData("[bank.example;](https://evil.example)", "evil.example")]
    [InlineData("[x](https://12345678:90@evil.example)", "evil.example, sends 11 characters")]
    [InlineData("[bank.example](https://[2001:db8::1]/)", "2001:db8::1")]
    public void A_link_shows_its_real_host_where_its_text_names_another(string text, string note)
    {
        var body = Parse(text);

        Assert.Equal($" ({note})", Assert.Single(body.QuerySelectorAll("a + .link-note")).TextContent);
    }

    [Theory]
    [InlineData("[bank.example](https://bank.example/x)")]
    [InlineData("[bank.example](https://www.bank.example/x)")]
    [InlineData("[www.bank.example](https://login.bank.example/x)")]
    [InlineData("[https://bank.example/x](https://bank.example/x?from=mail)")]
    [InlineData("[the docs](https://evil.example/?q=short)")]
    [InlineData("[README.md](https://example.com/README.md) [Program.cs](https://example.com/a) [System.Text.Json](https://learn.example/b)")]
    [InlineData("https://bank.example/?q=1")]
    [InlineData("<https://bank.example/?q=1>")]
    [InlineData("[e.g. 1.5](https://example.com)")]
    [InlineData("[https:/bank.example](https://bank.example/x)")]
    [InlineData("[//bank.example/index.page](https://bank.example/index.page)")]
    [InlineData("[bank.example:443](https://bank.example/x)")]
    [InlineData("[C: at 10:30](https://example.com) [std::string](https://example.com)")]
    [InlineData("[a@bank.example](mailto:a@bank.example)")]
    public void A_link_that_claims_nothing_else_has_no_note(string text) => Assert.Empty(Parse(text).QuerySelectorAll(".link-note"));

    [Theory]
    [InlineData("?q=")]
    [InlineData("#")]
    [InlineData("path/")]
    public void A_link_says_how_much_text_goes_along(string before)
    {
        var note = Parse($"[click here](https://evil.example/{before}{new string('x', 1_500)})").QuerySelector(".link-note")!;

        Assert.Matches("^ \\(evil\\.example, sends 1,50[0-9] characters\\)$", note.TextContent);
    }

    [Fact]
    public void A_link_says_how_much_text_goes_along_in_the_name_of_its_host()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('x', 50), 3)) + ".evil.example";

        Assert.Equal($" ({host}, sends {host.Length} characters)", Parse($"[click here](https://{host}/)").QuerySelector(".link-note")!.TextContent);
    }

    [Fact]
    public void An_address_that_is_too_long_for_a_link_is_text_and_not_a_link_to_a_part_of_it()
    {
        var address = "https://example.com/?q=" + new string('x', 9_000);

        Assert.Equal("https://example.com/y", Assert.Single(Parse($"{address} https://example.com/y").QuerySelectorAll("a")).TextContent);
        Assert.Equal($"{address} https://example.com/y", Parse($"{address} https://example.com/y").TextContent);
    }

    [Theory]
    [InlineData("[\u200B](https://evil.example/x)")]
    [InlineData("[&nbsp;](https://evil.example/x)")]
    [InlineData("[\u2060**\u200D**](https://evil.example/x)")]
    [InlineData("![\uFE0F](https://evil.example/x)")]
    public void A_link_whose_text_shows_nothing_shows_its_address(string text) =>
        Assert.Equal("https://evil.example/x", Assert.Single(Parse(text).QuerySelectorAll("a")).TextContent);

    [Fact]
    public void A_long_address_is_a_link()
    {
        var address = "https://example.com/?q=" + new string('x', 2_900);

        Assert.Equal([address, address], Parse($"[a]({address}) {address}").QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
    }

    [Theory]
    [InlineData("[file](./local.md)")]
    [InlineData("![chart](chart.png)")]
    [InlineData("[empty]()")]
    [InlineData("[script](javascript:alert(1))")]
    [InlineData("<ftp://example.com/x>")]
    [InlineData("[top](#top) [root](/x?y=1)")]
    public void A_link_that_is_refused_stays_as_it_was_written(string text)
    {
        var body = Parse(text);

        Assert.Empty(body.QuerySelectorAll("a"));
        Assert.Equal(text, body.TextContent);
    }

    [Fact]
    public void A_host_that_cannot_exist_is_no_link() => Assert.Empty(Parse("www.a.example\u0645 [x](https://a\u0645.example)").QuerySelectorAll("a"));

    private static IElement Parse(string text) => SafeHtml.Parse(string.Concat(MarkdownRenderer.Render(text).Select(block => block.Html)));
}
