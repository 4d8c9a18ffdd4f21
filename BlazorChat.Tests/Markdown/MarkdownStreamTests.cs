using System.Text;
using BlazorChat.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>What a viewer sees while a text is being written.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MarkdownStreamTests
{
    private const string Response =
        """
        # Title of **it**

        Some *slanted*, ***both*** and **bold text** with `code`, ~~old~~ [a link](https://example.org/x), ![img](https://example.org/i.png) and <https://example.org>.
        A second line **over
        the line end** of `it`.

        1. First **item**
        2. Second
           - nested `x`

           ```js
           let y;
           ```
        3. Third

        Numbers:
        | Name | Size |
        |:-----|-----:|
        | **a** | `1` |
        | b | 2 |

        > Quote with ~~old~~ text
        > - list

        - [ ] todo
        - [x] done

        Setext
        ------

        ***

        ```python
        print("hi")
        ```

        The **end**.
        """;

    [Fact]
    public void No_raw_marks_are_ever_on_screen()
    {
        var stream = new MarkdownStream();
        foreach (var c in Response)
        {
            stream.Append(c.ToString());
            var text = TextOf(stream.Refresh());
            foreach (var mark in (string[])["*", "`", "~", "_", "#", "[", "]", "](", "<", ">", "|", "---", "- ", "1.", "2."])
            {
                Assert.False(text.Contains(mark, StringComparison.Ordinal), $"'{mark}' in: {text}");
            }
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("#", null)]
    [InlineData("##", null)]
    [InlineData("-", null)]
    [InlineData("1", null)]
    [InlineData("1.", null)]
    [InlineData("``", null)]
    [InlineData("```", null)]
    [InlineData("```js", null)]
    [InlineData("**", null)]
    [InlineData("> ", null)]
    [InlineData("![", null)]
    [InlineData("![alt](https://exam", null)]
    [InlineData("<https://exam", null)]
    [InlineData("| a | b |", null)]
    [InlineData("| a | b |\n", null)]
    [InlineData("| a | b |\n|--", null)]
    [InlineData("- [", null)]
    [InlineData("- [x]", null)]
    [InlineData("# T", "<h3 dir=\"auto\">T</h3>")]
    [InlineData("# T #", "<h3 dir=\"auto\">T</h3>")]
    [InlineData("a **b", "<p dir=\"auto\">a <strong>b</strong></p>")]
    [InlineData("a **b ", "<p dir=\"auto\">a <strong>b</strong></p>")]
    [InlineData("a **b*", "<p dir=\"auto\">a <strong>b</strong></p>")]
    [InlineData("a **", "<p dir=\"auto\">a</p>")]
    [InlineData("a *b **c", "<p dir=\"auto\">a <em>b <strong>c</strong></em></p>")]
    [InlineData("a ***b", "<p dir=\"auto\">a <em><strong>b</strong></em></p>")]
    [InlineData("a __b _c", "<p dir=\"auto\">a <strong>b <em>c</em></strong></p>")]
    [InlineData("a ~~b", "<p dir=\"auto\">a <del>b</del></p>")]
    [InlineData("a ~", "<p dir=\"auto\">a</p>")]
    [InlineData("a `b *c", "<p dir=\"auto\">a <code dir=\"ltr\" translate=\"no\">b *c</code></p>")]
    [InlineData("a `` b ` c `", "<p dir=\"auto\">a <code dir=\"ltr\" translate=\"no\"> b ` c</code></p>")]
    [InlineData("a `", "<p dir=\"auto\">a</p>")]
    [InlineData("a [b", "<p dir=\"auto\">a b</p>")]
    [InlineData("a [b]", "<p dir=\"auto\">a b</p>")]
    [InlineData("a [b](https://exam", "<p dir=\"auto\">a b</p>")]
    [InlineData("a [**b](https://exam", "<p dir=\"auto\">a <strong>b</strong></p>")]
    [InlineData("**a [b](https://exam", "<p dir=\"auto\"><strong>a b</strong></p>")]
    [InlineData("a [b] c", "<p dir=\"auto\">a [b] c</p>")]
    [InlineData("a ![b](https://exam", "<p dir=\"auto\">a</p>")]
    [InlineData("a &am", "<p dir=\"auto\">a</p>")]
    [InlineData("a \\", "<p dir=\"auto\">a</p>")]
    [InlineData("a\n-", "<p dir=\"auto\">a</p>")]
    [InlineData("a\n===", "<p dir=\"auto\">a</p>")]
    [InlineData("a\n```js", "<p dir=\"auto\">a</p>")]
    [InlineData("a *b\\*", "<p dir=\"auto\">a <em>b*</em></p>")]
    [InlineData("a **[", "<p dir=\"auto\">a</p>")]
    [InlineData("a **_![b", "<p dir=\"auto\">a</p>")]
    [InlineData("a 2 * 3 = b", "<p dir=\"auto\">a 2 * 3 = b</p>")]
    [InlineData("snake_case_na", "<p dir=\"auto\">snake_case_na</p>")]
    [InlineData("**over\n\n", "<p dir=\"auto\">**over</p>")]
    public void An_unfinished_end_is_finished_or_held_back(string text, string? piece)
    {
        var stream = new MarkdownStream();
        stream.Append(text);

        var open = stream.Refresh().Open;

        Assert.Equal(piece, open is OpenMarkup markup ? OpenHtml.Of(markup) : null);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("#")]
    [InlineData("1")]
    [InlineData("[a](")]
    [InlineData("![")]
    [InlineData("|")]
    [InlineData("<a")]
    [InlineData("`")]
    public void What_is_held_back_is_bounded(string mark)
    {
        var stream = new MarkdownStream();
        stream.Append("text " + string.Concat(Enumerable.Repeat(mark, 900 / mark.Length)));

        var shown = TextOf(stream.Refresh());

        Assert.True(shown.Length >= 900 - LiveEnd.MaxHeldBack - 10, shown);
    }

    [Fact]
    public void What_was_held_back_is_shown_at_the_end()
    {
        var stream = new MarkdownStream();
        stream.Append("a **b\n\n| c |");
        stream.Refresh();

        Assert.Equal("<p dir=\"auto\">a **b</p><p dir=\"auto\">| c |</p>", string.Concat(stream.Complete().Select(block => block.Html)));
    }

    [Fact]
    public void A_list_grows_item_by_item_and_its_earlier_items_stay_the_same_instances()
    {
        var stream = new MarkdownStream();
        stream.Append("3. one\n4. two\n5. th");
        var before = Assert.IsType<OpenMarkup>(stream.Refresh().Open);
        stream.Append("ree\n6. four");
        var after = Assert.IsType<OpenMarkup>(stream.Refresh().Open);

        Assert.Equal("<ol dir=\"auto\" start=\"3\">", Assert.Single(after.Shell).Source);
        Assert.Equal(["<li>one</li>", "<li>two</li>", "<li>three</li>", "<li>four</li>"], after.Pieces());
        Assert.Same(before.Nodes[0], after.Nodes[0]);
        Assert.Same(before.Nodes[1], after.Nodes[1]);
    }

    [Fact]
    public void A_table_grows_row_by_row()
    {
        var stream = new MarkdownStream();
        stream.Append("| a | b |\n|---|--:|\n| c | d |\n| e");

        var open = Assert.IsType<OpenMarkup>(stream.Refresh().Open);

        Assert.Equal("table", open.Container);
        Assert.Equal(
            [
                "<thead><tr><th scope=\"col\" dir=\"auto\">a</th><th scope=\"col\" dir=\"auto\" class=\"align-right\">b</th></tr></thead>",
                "<tr><td dir=\"auto\">c</td><td dir=\"auto\" class=\"align-right\">d</td></tr>",
                "<tr><td dir=\"auto\">e</td><td dir=\"auto\" class=\"align-right\"></td></tr>",
            ],
            open.Pieces());
    }

    [Fact]
    public void A_quotation_grows_block_by_block()
    {
        var stream = new MarkdownStream();
        stream.Append("> a\n>\n> - b\n> - c");

        var open = Assert.IsType<OpenMarkup>(stream.Refresh().Open);

        Assert.Equal("blockquote", open.Container);
        Assert.Equal(["<p>a</p>", "<ul dir=\"auto\"><li>b</li><li>c</li></ul>"], open.Pieces());
    }

    [Fact]
    public void A_code_block_only_ever_grows_and_never_shows_its_fence()
    {
        var stream = new MarkdownStream();
        stream.Append("```c#\nvar a");
        var first = Assert.IsType<OpenCode>(stream.Refresh().Open);
        stream.Append(" = 1;\n``");
        var second = Assert.IsType<OpenCode>(stream.Refresh().Open);
        stream.Append("x`\n```");
        var third = Assert.IsType<OpenCode>(stream.Refresh().Open);
        stream.Append("\n");
        var closed = stream.Refresh();

        Assert.Equal("c#", third.Language);
        Assert.Equal(["var a", " = 1;\n", "``x`\n"], third.Chunks.AsEnumerable());
        Assert.Same(first.Chunks[0], second.Chunks[0]);
        Assert.Same(second.Chunks[1], third.Chunks[1]);
        Assert.Null(closed.Open);
        Assert.Contains("var a = 1;\n``x`\n</code>", Assert.Single(closed.Closed).Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_closes_when_the_next_one_has_begun()
    {
        var stream = new MarkdownStream();
        stream.Append("first\n\n");
        Assert.Empty(stream.Refresh().Closed);
        stream.Append("s");

        Assert.Equal("<p dir=\"auto\">first</p>", Assert.Single(stream.Refresh().Closed).Html);
    }

    [Fact]
    public void A_loose_list_stays_one_list()
    {
        var stream = new MarkdownStream();
        stream.Append("- a\n\n- b\n\n  more\n\n");
        Assert.Empty(stream.Refresh().Closed);
        stream.Append("- c");

        Assert.Equal(3, Assert.IsType<OpenMarkup>(stream.Refresh().Open).Nodes.Length);
    }

    [Fact]
    public void Nothing_new_gives_the_same_frame()
    {
        var stream = new MarkdownStream();
        Assert.Same(MarkdownFrame.Empty, stream.Refresh());
        stream.Append("text");
        var frame = stream.Refresh();
        Assert.Same(frame, stream.Refresh());
        stream.Append(" **");

        Assert.Same(frame, stream.Refresh());
    }

    [Fact]
    public void Half_a_character_is_never_shown()
    {
        var stream = new MarkdownStream();
        stream.Append("a \uD83C");
        Assert.Equal("a", TextOf(stream.Refresh()));
        stream.Append("\uDF89");

        Assert.Equal("a 🎉", TextOf(stream.Refresh()));
        Assert.Equal(4, stream.Length);
    }

    [Fact]
    public void References_are_resolved_at_the_end()
    {
        var stream = new MarkdownStream();
        stream.Append("See [docs].\n\nMore.\n\n[docs]: https://example.org\n");
        var closed = stream.Refresh().Closed;
        var end = stream.Complete();

        Assert.DoesNotContain("<a", closed[0].Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://example.org\"", end[0].Html, StringComparison.Ordinal);
        Assert.Same(end[0], stream.Refresh().Closed[0]);
    }

    [Fact]
    public void After_the_end_nothing_can_be_appended()
    {
        var stream = new MarkdownStream();
        stream.Append("a");
        var end = stream.Complete();

        Assert.Equal(end, stream.Complete());
        Assert.Throws<InvalidOperationException>(() => stream.Append("b"));
    }

    [Theory]
    [InlineData("One sentence with **bold** words in it. ", "p")]
    [InlineData("a line with *words*\n", "p")]
    [InlineData("- an item with `code`\n", "ul")]
    [InlineData("> a paragraph\n>\n", "blockquote")]
    [InlineData("| a | b |\n", "table")]
    [InlineData("word", "p")]
    public void A_block_without_end_settles_shows_everything_and_ends_as_it_should(string unit, string container)
    {
        var stream = new MarkdownStream();
        var text = new StringBuilder(container == "table" ? "| x | y |\n|---|---|\n" : "");
        stream.Append(text.ToString());
        OpenMarkup? last = null;
        var changed = 0;
        while (text.Length < 60_000)
        {
            var delta = string.Concat(Enumerable.Repeat(unit, 1 + (100 / unit.Length)));
            text.Append(delta);
            stream.Append(delta);
            var open = Assert.IsType<OpenMarkup>(stream.Refresh().Open);
            Assert.Equal(container, open.Container);
            changed += OpenHtml.Sent(last?.Nodes ?? [], open.Nodes).Sum(piece => piece.Length);
            last = open;
        }

        var words = new string([.. text.ToString().Where(char.IsLetter)]);
        Assert.Equal(words, new string([.. TextOf(stream.Refresh()).Where(char.IsLetter)]));
        Assert.InRange(changed, text.Length, text.Length * 8);
        Assert.True(MarkdownRenderer.Render(text.ToString()).SequenceEqual(stream.Complete()));
    }

    [Fact]
    public void A_growing_paragraph_sends_only_its_last_words_again()
    {
        var stream = new MarkdownStream();
        OpenMarkup? last = null;
        var sent = 0;
        for (var i = 0; i < 100; i++)
        {
            stream.Append(i % 10 == 9 ? "some **bold words** and `code` " : $"word{i} ");
            var open = Assert.IsType<OpenMarkup>(stream.Refresh().Open);
            Assert.Equal("p", open.Container);
            sent += OpenHtml.Sent(last?.Nodes ?? [], open.Nodes).Sum(piece => piece.Length);
            last = open;
        }

        // The whole again each time would be about 45,000 characters.
        Assert.InRange(sent, 1_000, 6_000);
        Assert.All(last!.Pieces(), piece => Assert.InRange(piece.Length, 1, 120));
    }

    [Fact]
    public void The_work_of_a_frame_does_not_depend_on_the_length_of_the_text_before()
    {
        var early = AllocatedForOneFrame(10);
        var late = AllocatedForOneFrame(3_000);

        Assert.InRange(late, 0, early * 2);

        static long AllocatedForOneFrame(int paragraphs)
        {
            var stream = new MarkdownStream();
            stream.Append(string.Concat(Enumerable.Repeat("Some **earlier** paragraph.\n\n", paragraphs)) + "now");
            stream.Refresh();
            stream.Append(" it");
            stream.Refresh();
            stream.Append(" is");
            var before = GC.GetAllocatedBytesForCurrentThread();
            stream.Refresh();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task One_may_append_while_others_refresh()
    {
        var text = string.Concat(Enumerable.Repeat(Response + "\n\n", 20));
        var stream = new MarkdownStream();
        using var done = new CancellationTokenSource();
        var viewers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.NotNull(stream.Refresh().Closed.AsEnumerable());
            }
        })).ToList();

        for (var at = 0; at < text.Length; at += 7)
        {
            stream.Append(text.Substring(at, Math.Min(7, text.Length - at)));
        }

        await done.CancelAsync();
        await Task.WhenAll(viewers);
        Assert.True(MarkdownRenderer.Render(text).SequenceEqual(stream.Complete()));
    }

    private static string TextOf(MarkdownFrame frame)
    {
        var open = frame.Open switch
        {
            OpenCode code => string.Concat(code.Chunks),
            OpenMarkup markup => SafeHtml.Parse(OpenHtml.Of(markup)).TextContent,
            _ => "",
        };
        return string.Concat(frame.Closed.Select(block => SafeHtml.Parse(block.Html).TextContent)) + open;
    }
}
