using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What the page's scripts add to code, of which the server sends the text alone.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class CodeTests(Chromium chromium, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    private ILocator Answer => _ada.ArticleBy("Demo").Last;

    private ILocator Block => Answer.Locator("code-block").Last;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_block_says_its_language_and_is_wrapped_downloaded_copied_numbered_and_folded()
    {
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await AnswerAsync($"Short:\n\n```ts\nconst a = 1;\n```\n\nLong:\n\n```cs\n{Lines(12)}// {new string('x', 400)}\n```\n");
        var (head, copy) = (Block.Locator(".code-head"), Button("Copy code"));
        await Expect(Answer.Locator(".code-lang")).ToHaveTextAsync(["TypeScript", "C#"]);
        Assert.Equal(36, (await head.BoundingBoxAsync())!.Height);
        Assert.Null(await Answer.Locator("code-block").First.GetAttributeAsync("data-lines"));
        Assert.Equal(Numbers(1, 13), await Block.GetAttributeAsync("data-lines"));

        await copy.ClickAsync();
        await Expect(copy).ToHaveTextAsync("Copied");
        Assert.Equal($"{Lines(12)}// {new string('x', 400)}", await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await Expect(copy).ToHaveTextAsync("Copy");
        // What is selected has no numbers and no words of buttons in it.
        await Block.EvaluateAsync("block => getSelection().selectAllChildren(block)");
        await _ada.Page.Keyboard.PressAsync("Control+c");
        Assert.Equal($"```cs\n{Lines(12)}// {new string('x', 400)}\n```", await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));

        var download = await _ada.Page.RunAndWaitForDownloadAsync(() => Button("Download code").ClickAsync());
        Assert.Equal("code.cs", download.SuggestedFilename);
        Assert.Equal($"{Lines(12)}// {new string('x', 400)}\n", await File.ReadAllTextAsync(await download.PathAsync()));

        // Wider than text, and what does not fit even then scrolls or is wrapped, its number at its first line.
        var text = (await Answer.Locator("p").First.BoundingBoxAsync())!;
        Assert.InRange((await Block.BoundingBoxAsync())!.Width, text.Width + 1, 960);
        Assert.True(await ScrollsAsync());
        await Button("Wrap lines").ClickAsync();
        await Expect(Button("Wrap lines")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.False(await ScrollsAsync());
        Assert.StartsWith($"{Numbers(1, 13)}\n\n", await Block.GetAttributeAsync("data-lines"), StringComparison.Ordinal);
        await Button("Wrap lines").ClickAsync();
        Assert.True(await ScrollsAsync());

        await AnswerAsync($"```py\n{Lines(30)}```");
        await Expect(Block.Locator(".code-more")).ToHaveCountAsync(0);
        await AnswerAsync($"```py\n{Lines(40)}```\n\nEnd");
        // Whoever asked and saw it grow reads it as a whole.
        await _ada.OpenAsync(_ada.Page.Url);
        var all = Block.GetByRole(AriaRole.Button, new() { Name = "Show all 40 lines" });
        Assert.InRange((await Block.Locator("pre").BoundingBoxAsync())!.Height, 20 * 21, 21 * 21);
        await all.ClickAsync();
        Assert.InRange((await Block.Locator("pre").BoundingBoxAsync())!.Height, 40 * 21, 42 * 21);
        // The head stays while the code scrolls below it.
        await _ada.Page.Locator("chat-log").EvaluateAsync("log => { log.scrollTop = log.scrollHeight - log.clientHeight - 300; }");
        var (log, stuck) = ((await _ada.Page.Locator("chat-log").BoundingBoxAsync())!, (await Block.Locator(".code-head").BoundingBoxAsync())!);
        Assert.InRange(stuck.Y - log.Y, -1, 1);
        // What was opened stays open on a page that is loaded into this one.
        await Block.GetByRole(AriaRole.Button, new() { Name = "Show less" }).ClickAsync();
        await Expect(all).ToBeVisibleAsync();
        await Block.Locator("pre").EvaluateAsync("pre => { pre.scrollTop = 300; }");
        await Expect(all).ToBeHiddenAsync();
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_block_is_not_folded_while_it_is_written()
    {
        await _ada.SendAsync("Code, please");
        var answer = await _app.Model.NextAsync();
        answer.Say($"```py\n{Lines(35)}");
        await Expect(Answer.Locator("pre")).ToContainTextAsync("value34");
        await Expect(Block).ToHaveAttributeAsync("data-lines", Numbers(1, 35));
        await Expect(Button("Copy code")).ToBeVisibleAsync();
        await Expect(Block.Locator(".code-more")).ToHaveCountAsync(0);
        answer.Finish($"{Lines(2)}```\n\nEnd");
        // Whoever asked reads it from its beginning, so it stays open.
        await Expect(Block.GetByRole(AriaRole.Button, new() { Name = "Show less" })).ToBeVisibleAsync();
        await _ada.OpenAsync(_ada.Page.Url);
        await Expect(Block.GetByRole(AriaRole.Button, new() { Name = "Show all 37 lines" })).ToBeVisibleAsync();
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task On_a_phone_code_has_the_whole_width()
    {
        var grace = await _app.JoinAsync("Grace", ColorScheme.Light, 390);
        await AnswerAsync($"```js\n{Lines(4)}```");
        var block = (await grace.ArticleBy("Demo").Last.Locator("code-block").BoundingBoxAsync())!;
        Assert.Equal((0, 390), (block.X, block.Width));
    }

    [Fact]
    public async Task Code_is_coloured_line_by_line_while_it_grows_and_nothing_is_fetched_for_a_room_without()
    {
        var asked = new ConcurrentQueue<string>();
        _ada.Context.Request += (_, request) => asked.Enqueue(request.Url);
        await AnswerAsync("No code, `var inline`, and what nobody has a grammar for:\n\n```\nplain\n```\n\n```mermaid\ngraph TD\n```\n\n```brainfart\nvar\n```\n");
        await Expect(Button("Copy code")).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, url => url.Contains("/lib/", StringComparison.Ordinal) || url.Contains("colours", StringComparison.Ordinal));

        await _ada.SendAsync("Code, please");
        var answer = await _app.Model.NextAsync();
        answer.Say("```csharp\nvar a = 1; // one\nvar b");
        await ColouredAsync("keyword", "var");
        await ColouredAsync("number", "1");
        await ColouredAsync("comment", "// one");
        answer.Say(" = \"two\";\n");
        await ColouredAsync("keyword", "var", "var");
        await ColouredAsync("string", "\"two\"");
        answer.Say("/* from here\n");
        await ColouredAsync("comment", "// one", "/* from here");
        answer.Say("to here */ return");
        // The chunks of the renderer, and nothing else.
        Assert.True(await Block.Locator("code").EvaluateAsync<bool>("code => [...code.childNodes].every(node => node.nodeType !== Node.ELEMENT_NODE)"));
        answer.Say(" null;\n```\n\nAnd");
        await Expect(Answer).ToContainTextAsync("And");
        await ColouredAsync("keyword", "var", "var", "return", "null");
        await ColouredAsync("comment", "// one", "/* from here\nto here */");
        answer.Finish(" the end.");
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await ColouredAsync("keyword", "var", "var", "return", "null");
        Assert.Contains(asked, url => url.EndsWith("/lib/highlight/languages/csharp.min.js", StringComparison.Ordinal));

        // Another language, whose worker is there; and it goes with its message.
        await AnswerAsync("```py\ndef f(x):\n    return None\n```");
        await ColouredAsync("function", "f");
        await _ada.ChooseAsync(Answer, "Delete");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await ColouredAsync("function");
        // A page that is loaded with it.
        await _ada.OpenAsync(_ada.Page.Url);
        await ColouredAsync("keyword", "var", "var", "return", "null");
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task Formulas_are_drawn_when_they_are_complete_and_their_source_is_what_is_copied()
    {
        var asked = new ConcurrentQueue<string>();
        _ada.Context.Request += (_, request) => asked.Enqueue(request.Url);
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await AnswerAsync("It costs $5 and $10, or $5 for a start (it was 9$).");
        Assert.DoesNotContain(asked, url => url.Contains("/katex/", StringComparison.Ordinal));

        await _ada.SendAsync("Formulas, please");
        var answer = await _app.Model.NextAsync();
        answer.Say("The root \\(\\frac{a}{b}\\) of $x^2$ and then \\(\\sqrt{");
        await Expect(Drawn).ToHaveTextAsync([@"\frac{a}{b}", "x^2"]);
        Assert.Contains(@"\(\sqrt{", await Answer.Locator(".blocks").EvaluateAsync<string>("blocks => blocks.textContent"), StringComparison.Ordinal);
        answer.Say($"c}}\\) end.\n\n\\[\n\\int_0^1 x\\,dx\n\\]\n\nBroken \\(\\frac{{a\\), defined \\(\\def\\a{{b}}\\a\\), long \\({new string('y', 1000)}\\), and \\(\\href{{javascript:alert(1)}}{{x}}\\).\n");
        answer.Finish("\nDone.");
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await Expect(Drawn).ToHaveCountAsync(4);
        // Neither a mistake nor a definition nor a length nor an address is drawn as one.
        Assert.Equal(0, await Answer.Locator(".katex a, .katex-error").CountAsync());
        // With the fonts of this server.
        await Expect(Answer.Locator("tex-block .katex-display")).ToBeVisibleAsync();
        await _ada.Page.WaitForFunctionAsync("() => [...document.fonts].some(font => font.family.includes('KaTeX_Math') && font.status === 'loaded')");
        await Answer.Locator("p").First.EvaluateAsync("p => getSelection().selectAllChildren(p)");
        await _ada.Page.Keyboard.PressAsync("Control+c");
        Assert.Equal(@"The root \(\frac{a}{b}\) of $x^2$ and then \(\sqrt{c}\) end.", await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_table_is_as_wide_as_its_content_keeps_its_head_in_view_and_is_copied_as_csv()
    {
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"| {i} | a, \"b\" | =1+1 |\n"));
        await AnswerAsync($"| N | Text | Sum |\n|---|---|---|\n{rows}");
        var box = Answer.Locator("table-box");
        var message = (await Answer.Locator(".blocks").BoundingBoxAsync())!;
        Assert.InRange((await box.BoundingBoxAsync())!.Width, 100, message.Width / 2);
        await Expect(box).ToHaveAttributeAsync("data-fits", "");
        await _ada.Page.Locator("[data-to-end]").ClickAsync();
        var (log, head) = ((await _ada.Page.Locator("chat-log").BoundingBoxAsync())!, (await box.Locator("th").First.BoundingBoxAsync())!);
        Assert.InRange(head.Y - log.Y, -1, 1);
        await box.HoverAsync();
        await box.GetByRole(AriaRole.Button, new() { Name = "Copy as CSV" }).ClickAsync();
        await Expect(box.GetByRole(AriaRole.Button)).ToHaveTextAsync("Copied");
        var csv = await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.StartsWith("N,Text,Sum\n0,\"a, \"\"b\"\"\",'=1+1\n", csv.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        var wide = string.Join(" | ", Enumerable.Range(0, 20).Select(i => $"Column {i}"));
        await AnswerAsync($"| {wide} |\n|{string.Concat(Enumerable.Repeat("---|", 20))}\n| 1 |\n");
        await Expect(box).Not.ToHaveAttributeAsync("data-fits", "");
        Assert.InRange((await box.BoundingBoxAsync())!.Width, message.Width + 1, 960);
        Assert.True(await box.EvaluateAsync<bool>("box => box.scrollWidth > box.clientWidth"));
        Assert.Empty(_ada.Complaints);
    }

    // What a page does at once is bounded by what it paints; the reading is done beside it, and ended after a time. How long a page was
    // blocked is printed: below 50 ms with a processor of its own.
    [Theory]
    [InlineData("csharp", "public a{0} ")]
    [InlineData("ts", "a{0}<b((")]
    [InlineData("py", "{0}\n")]
    [InlineData("json", "[{0},\"a\"],\n")]
    public async Task A_block_of_32_000_characters_is_read_beside_the_page_and_painted_in_part(string language, string piece)
    {
        await AnswerAsync($"```{language}\nx\n```");
        await _ada.SendAsync("Code, please");
        var answer = await _app.Model.NextAsync();
        await _ada.Page.EvaluateAsync("""
            () => {
              globalThis.longest = 0;
              new PerformanceObserver(list => list.getEntries().forEach(entry => { globalThis.longest = Math.max(globalThis.longest, entry.duration); }))
                .observe({ type: 'longtask' });
            }
            """);
        answer.Say($"```{language}\n{Hostile(piece, 31_900)}\nlast line\n");
        await Expect(Answer).ToContainTextAsync("last line");
        // Until it has been read, or given up.
        await Expect(Block).ToHaveJSPropertyAsync("isColoured", true);
        Assert.InRange(await PaintedAsync(), 0, 2500);
        answer.Finish("```\n\nDone.");
        await Expect(Answer).ToContainTextAsync("Done.");
        await Expect(Answer).Not.ToHaveAttributeAsync("aria-busy", "true");
        await Expect(Block).ToHaveJSPropertyAsync("isColoured", true);
        Assert.InRange(await PaintedAsync(), 0, 2500);
        Assert.False(await _ada.Page.EvaluateAsync<bool>("() => 'hljs' in globalThis"));
        await _ada.Page.EvaluateAsync("() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))");
        output.WriteLine($"{language}: the page was blocked for {await _ada.Page.EvaluateAsync<double>("() => globalThis.longest")} ms at most.");
    }

    private Task<int> PaintedAsync() => _ada.Page.EvaluateAsync<int>("() => [...CSS.highlights.values()].reduce((sum, highlight) => sum + highlight.size, 0)");

    // Not the same again and again, which would end the answer.
    private static string Hostile(string piece, int length)
    {
        var text = new StringBuilder(length + 50);
        for (var i = 0; text.Length < length; i++)
        {
            text.Append(piece.Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        return text.ToString(0, length);
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"value{i} = {i}\n"));

    private static string Numbers(int first, int last) =>
        string.Join('\n', Enumerable.Range(first, last - first + 1).Select(i => i.ToString(CultureInfo.InvariantCulture)));

    private ILocator Button(string name) => Block.GetByRole(AriaRole.Button, new() { Name = name });

    // What is drawn of each formula, in words.
    private ILocator Drawn => Answer.Locator("annotation");

    // The texts of the newest answer that are painted as of this kind.
    private async Task ColouredAsync(string kind, params string[] texts)
    {
        await _ada.Page.WaitForFunctionAsync(
            """
            ([kind, texts]) => {
              const range = document.createRange();
              const painted = [...CSS.highlights.get(`code-${kind}`) ?? []].map(({ startContainer, startOffset, endContainer, endOffset }) => {
                range.setStart(startContainer, startOffset);
                range.setEnd(endContainer, endOffset);
                return range.toString().trim();
              });
              globalThis.painted = painted;
              return painted.join('|') === texts;
            }
            """,
            new[] { kind, string.Join('|', texts) });
    }

    private Task<bool> ScrollsAsync() => Block.Locator("pre").EvaluateAsync<bool>("pre => pre.scrollWidth > pre.clientWidth");

    private async Task AnswerAsync(string text)
    {
        await _ada.SendAsync("Go on");
        (await _app.Model.NextAsync()).Finish(text);
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await Expect(Answer).Not.ToHaveAttributeAsync("aria-busy", "true");
    }
}
