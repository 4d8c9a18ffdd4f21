using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A page that goes through a restart or a lost connection: what it has to find again, and whether it was loaded anew.</summary>
internal sealed class OpenPage
{
    // The message that is read far up, in the middle of the oldest page of messages.
    private const int ReadFarUp = 5;

    // Whether a message is the first one in view, with as much of it above the edge.
    private const string IsAtPlace = """
        ({ id, offset }) => {
          const log = document.querySelector('chat-log');
          const top = log.getBoundingClientRect().top;
          const first = [...log.querySelectorAll('article')].find(article => article.getBoundingClientRect().bottom > top + 1);
          return first?.id === id && Math.abs(first.getBoundingClientRect().top - top - offset) <= 2;
        }
        """;

    private static readonly PageWaitForFunctionOptions Often = new() { PollingInterval = 100 };

    private readonly BrowserVisitor _visitor;
    private object? _place;
    private string _url = null!;
    private string? _tab;

    private OpenPage(BrowserVisitor visitor) => _visitor = visitor;

    private IPage Page => _visitor.Page;

    private string Draft => "A draft" + _tab;

    // The same from all tabs: it is the room's, and saved as it is typed.
    private const string Instructions = "Answer in verse";

    private string HalfAnEdit => "Half of another te" + _tab;

    private ILocator EditBox => Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });

    private ILocator Panel => Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" });

    /// <summary>Marks a page as the one that is there now.</summary>
    public static async Task<OpenPage> WatchAsync(BrowserVisitor visitor)
    {
        var page = new OpenPage(visitor) { _url = visitor.Page.Url };
        await page.WatchAgainAsync();
        return page;
    }

    /// <summary>Marks it once more, after it was loaded again.</summary>
    public async Task WatchAgainAsync() =>
        await Page.EvaluateAsync("() => { globalThis.comebacks = 0; globalThis.known = document.querySelector('chat-composer'); document.addEventListener('chat:connected', () => comebacks++); }");

    /// <summary>Types a draft, opens the settings and writes there, and edits half of a message (the person's own last one by default).</summary>
    /// <param name="own">The message.</param>
    /// <param name="tab">What tells it from what the person's other tabs have open.</param>
    public async Task LeaveThingsOpenAsync(ILocator? own = null, string tab = "")
    {
        _tab = tab;
        await _visitor.ChooseAsync(own ?? _visitor.ArticleBy(_visitor.Name).Last, "Edit");
        await EditBox.FillAsync(HalfAnEdit);
        await _visitor.OpenPanelAsync();
        await Panel.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" }).FillAsync(Instructions);
        await _visitor.Composer.FillAsync(Draft);
        await EditBox.FocusAsync();
    }

    /// <summary>
    /// The same far up: in the middle of the oldest page of messages, which has to be loaded. The upper edge cuts a message in two,
    /// and the next one is edited.
    /// </summary>
    public async Task LeaveThingsOpenFarUpAsync(string tab = "")
    {
        await LeaveThingsOpenAsync(_visitor.Articles.Nth(ReadFarUp + 1), tab);
        var read = _visitor.Articles.Nth(ReadFarUp);
        var offset = await read.EvaluateAsync<double>("""
            article => {
              const log = article.closest('chat-log');
              const offset = () => article.getBoundingClientRect().top - log.getBoundingClientRect().top;
              log.scrollTop += offset() + article.offsetHeight / 2;
              return offset();
            }
            """);
        _place = new { id = await read.GetAttributeAsync("id"), offset };
        await IsAtItsPlaceAsync();
        await Page.WaitForFunctionAsync("""
            ({ id, offset }) => {
              const kept = JSON.parse(sessionStorage.getItem(`blazorchat:place:${document.querySelector('chat-log').dataset.room}`));
              return kept?.id === id && Math.abs(kept.offset - offset) < 1;
            }
            """, _place, Often);
    }

    /// <summary>Waits until what was read far up is where it was.</summary>
    public Task IsAtItsPlaceAsync() => Page.WaitForFunctionAsync(IsAtPlace, _place, Often);

    /// <summary>Waits until the page says that it is paused for a restart.</summary>
    public Task IsWaitingAsync() => Expect(Page.GetByText("The server is restarting…")).ToBeVisibleAsync();

    /// <summary>Waits until it says that the restart takes too long.</summary>
    public Task HasWaitedTooLongAsync() => Expect(Page.GetByText("Waiting for the server…")).ToBeVisibleAsync();

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
        if (_tab is not null)
        {
            await Expect(_visitor.Composer).ToHaveValueAsync(Draft);
            await Expect(EditBox).ToHaveValueAsync(HalfAnEdit);
            await Expect(EditBox).ToBeFocusedAsync();
            await Expect(Panel.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" })).ToHaveValueAsync(Instructions);
        }
    }
}
