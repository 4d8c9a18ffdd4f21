using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A page that goes through a restart or a lost connection: what it has to find again, and whether it was loaded anew.</summary>
internal sealed class OpenPage
{
    private const string Draft = "A draft";
    private const string Instructions = "Answer in verse";
    private const string Edit = "Half of another te";

    private readonly Visitor _visitor;
    private string _url = null!;
    private bool _hasMore;

    private OpenPage(Visitor visitor) => _visitor = visitor;

    private IPage Page => _visitor.Page;

    private ILocator Panel => Page.GetByRole(AriaRole.Complementary, new() { Name = "Settings of the room" });

    /// <summary>Marks a page as the one that is there now.</summary>
    public static async Task<OpenPage> WatchAsync(Visitor visitor)
    {
        var page = new OpenPage(visitor) { _url = visitor.Page.Url };
        await page.WatchAgainAsync();
        return page;
    }

    /// <summary>Marks it once more, after it was loaded again.</summary>
    public async Task WatchAgainAsync() =>
        await Page.EvaluateAsync("() => { globalThis.comebacks = 0; globalThis.known = document.querySelector('chat-composer'); document.addEventListener('chat:connected', () => comebacks++); }");

    /// <summary>Types a draft, opens the settings and writes there, and edits half of a message (the person's own last one by default).</summary>
    public async Task LeaveThingsOpenAsync(ILocator? own = null)
    {
        _hasMore = true;
        await _visitor.ChooseAsync(own ?? _visitor.ArticleBy(_visitor.Name).Last, "Edit");
        await Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" }).FillAsync(Edit);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Settings", Exact = true }).ClickAsync();
        await Panel.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" }).FillAsync(Instructions);
        await _visitor.Composer.FillAsync(Draft);
    }

    /// <summary>Waits until the page says that it waits for the server.</summary>
    public Task IsWaitingAsync() => Expect(Page.GetByText("The server is restarting…")).ToBeVisibleAsync();

    /// <summary>Waits until it has come back on another circuit without having been loaded again.</summary>
    /// <param name="times">How often it has come back by now.</param>
    public async Task IsResumedAsync(int times = 1)
    {
        await IsConnectedAgainAsync(times);
        // The other circuit shows the page anew: until then it is what was there before.
        await Page.WaitForFunctionAsync("""
            () => {
              const composer = document.querySelector('chat-composer[data-connected]');
              const isNew = composer !== null && composer !== known;
              known = isNew ? composer : known;
              return isNew;
            }
            """);
        await HasEverythingAsync();
    }

    /// <summary>Waits until it has its connection again, on the circuit that it had.</summary>
    /// <param name="times">How often it has come back by now.</param>
    public async Task IsConnectedAgainAsync(int times = 1)
    {
        await Page.WaitForFunctionAsync("times => !('comebacks' in globalThis) || comebacks >= times", times);
        Assert.Equal(times, await Page.EvaluateAsync<int>("() => globalThis.comebacks ?? -1"));
        await HasEverythingAsync();
    }

    /// <summary>Waits until it has loaded itself again.</summary>
    public async Task IsLoadedAgainAsync()
    {
        await Page.WaitForFunctionAsync("() => !('comebacks' in globalThis)");
        await _visitor.ReadyAsync();
        await HasEverythingAsync();
    }

    private async Task HasEverythingAsync()
    {
        Assert.Equal(_url, Page.Url);
        await Expect(Page.Locator("html")).Not.ToHaveAttributeAsync("data-connection", "down");
        if (_hasMore)
        {
            await Expect(_visitor.Composer).ToHaveValueAsync(Draft);
            await Expect(Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" })).ToHaveValueAsync(Edit);
            await Expect(Panel.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" })).ToHaveValueAsync(Instructions);
        }
    }
}
