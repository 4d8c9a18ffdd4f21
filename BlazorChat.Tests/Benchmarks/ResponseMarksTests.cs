using System.Text;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Stub;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

[Trait(nameof(Kind), Kind.Unit)]
public class ResponseMarksTests
{
    [Fact]
    public void A_reply_has_a_mark_in_every_tenth_token_and_its_last_token_is_one()
    {
        var response = ResponseText.Create(response: 103, tokens: 1500);

        Assert.Equal(150, response.Marks);
        for (var mark = 0; mark < response.Marks; mark++)
        {
            Assert.Contains(new TokenMark(3, mark).ToString(), response.Tokens[ResponseText.TokenOf(mark)], StringComparison.Ordinal);
        }

        Assert.Equal(response.Tokens.Count - 1, ResponseText.TokenOf(response.Marks - 1));
    }

    [Fact]
    public void A_replys_tokens_are_as_long_as_a_models()
    {
        Assert.InRange(ResponseText.Create(0, 1500).MeanTokenBytes, 3.5, 4.0);
    }

    [Fact]
    public void Every_section_of_a_reply_has_a_paragraph_a_list_and_a_code_block()
    {
        var html = Markdig.Markdown.ToHtml(string.Concat(ResponseText.Create(0, 300).Tokens));

        Assert.Equal(3, html.Split("<ul>").Length - 1);
        Assert.Equal(9, html.Split("<li>").Length - 1);
        Assert.Equal(3, html.Split("<pre><code class=\"language-csharp\">").Length - 1);
        Assert.Equal(4, html.Split("<p>").Length - 1);
    }

    [Fact]
    public void Marks_are_found_wherever_they_stand_and_nothing_else_is()
    {
        ReadOnlySpan<byte> text = "<p>mk mk0 mkx1234 mk1200345 mkmk99999ed, milkmk00000"u8;
        var found = new List<TokenMark>();
        while (TokenMark.TryTake(ref text, out var mark))
        {
            found.Add(mark);
        }

        Assert.Equal([new TokenMark(12, 3), new TokenMark(99, 999), new TokenMark(0, 0)], found);
    }

    [Fact]
    public void A_viewer_counts_each_mark_of_the_awaited_reply_once_and_keeps_when_it_came_first()
    {
        var log = new ViewerLog();
        log.Expect(7);

        log.Scan("mk07000 mk06001"u8, timestamp: 10, bytes: 100);
        log.Scan("mk07000 mk07002"u8, timestamp: 20, bytes: 250);

        Assert.Equal(2, log.Seen);
        Assert.Equal(10, log.SeenAt(0));
        Assert.Null(log.SeenAt(1));
        Assert.Equal(20, log.SeenAt(2));
        Assert.Equal(150, log.BytesBetween(0, 2));
        Assert.Null(log.BytesBetween(0, 1));
    }

    [Fact]
    public void A_viewer_forgets_the_reply_before()
    {
        var log = new ViewerLog();
        log.Expect(7);
        log.Scan(Encoding.UTF8.GetBytes(new TokenMark(7, 0).ToString()), timestamp: 10, bytes: 100);

        log.Expect(8);

        Assert.Equal(0, log.Seen);
        Assert.Null(log.SeenAt(0));
    }

    [Fact]
    public void A_page_with_the_whole_reply_passes_the_audit()
    {
        var response = ResponseText.Create(4, 300);

        Assert.Null(ResponseAudit.FindError(response, "Earlier words. " + Shown(response) + " Copy"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(155)]
    [InlineData(185)]
    [InlineData(299)]
    public void A_page_that_lacks_any_token_fails_the_audit(int token)
    {
        var response = ResponseText.Create(4, 300);
        var tokens = response.Tokens.ToList();
        tokens.RemoveAt(token);

        Assert.NotNull(ResponseAudit.FindError(response, Shown(tokens)));
    }

    [Fact]
    public void A_page_that_has_a_part_twice_fails_the_audit()
    {
        var response = ResponseText.Create(4, 300);

        Assert.NotNull(ResponseAudit.FindError(response, Shown(response) + Shown(response.Tokens.TakeLast(100))));
    }

    private static string Shown(ResponseText response) => Shown(response.Tokens);

    private static string Shown(IEnumerable<string> tokens) => Markdig.Markdown.ToPlainText(string.Concat(tokens));
}
