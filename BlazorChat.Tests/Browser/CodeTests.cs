using System.Globalization;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What the page's scripts add to code, of which the server sends the text alone.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class CodeTests(Chromium chromium) : IAsyncLifetime
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
        Assert.Null(await Answer.Locator("pre").First.GetAttributeAsync("data-lines"));
        Assert.Equal(Numbers(1, 13), await Block.Locator("pre").GetAttributeAsync("data-lines"));

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
        Assert.StartsWith($"{Numbers(1, 13)}\n\n", await Block.Locator("pre").GetAttributeAsync("data-lines"), StringComparison.Ordinal);
        await Button("Wrap lines").ClickAsync();
        Assert.True(await ScrollsAsync());

        await AnswerAsync($"```py\n{Lines(30)}```");
        await Expect(Block.Locator(".code-more")).ToHaveCountAsync(0);
        await AnswerAsync($"```py\n{Lines(40)}```\n\nEnd");
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
        await Expect(Answer.Locator("pre")).ToHaveAttributeAsync("data-lines", Numbers(1, 35));
        await Expect(Button("Copy code")).ToBeVisibleAsync();
        await Expect(Block.Locator(".code-more")).ToHaveCountAsync(0);
        answer.Finish($"{Lines(2)}```\n\nEnd");
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

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"value{i} = {i}\n"));

    private static string Numbers(int first, int last) =>
        string.Join('\n', Enumerable.Range(first, last - first + 1).Select(i => i.ToString(CultureInfo.InvariantCulture)));

    private ILocator Button(string name) => Block.GetByRole(AriaRole.Button, new() { Name = name });

    private Task<bool> ScrollsAsync() => Block.Locator("pre").EvaluateAsync<bool>("pre => pre.scrollWidth > pre.clientWidth");

    private async Task AnswerAsync(string text)
    {
        await _ada.SendAsync("Go on");
        (await _app.Model.NextAsync()).Finish(text);
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await Expect(Answer).Not.ToHaveAttributeAsync("aria-busy", "true");
    }
}
