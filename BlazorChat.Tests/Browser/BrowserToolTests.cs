using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Tools that run in the browser of the person who asked, in one tab, and in nobody else's.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class BrowserToolTests(Chromium chromium) : IAsyncLifetime
{
    // Counts the uses of what a browser gives, per page.
    private const string Counting = """
        globalThis.uses = 0;
        const getCurrentPosition = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
        Object.defineProperty(navigator.geolocation, 'getCurrentPosition', { value: (...args) => { globalThis.uses++; getCurrentPosition(...args); } });
        """;

    private readonly DemoApp _app = new(chromium);
    private BrowserVisitor _ada = null!;
    private BrowserVisitor _grace = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _ada = await _app.JoinAsync("Ada");
        _grace = await _app.JoinAsync("Grace");
        await _ada.Context.AddInitScriptAsync(Counting);
        await _grace.Context.AddInitScriptAsync(Counting);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task The_location_is_asked_for_once_in_one_tab_of_the_one_who_asked()
    {
        await AllowLocationAsync(_ada, 48.25f, 16.5f);
        await AllowLocationAsync(_grace, 1, 1);
        await _ada.Page.ReloadAsync();
        await _grace.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await _grace.ReadyAsync();
        var second = await _ada.NewTabAsync();

        await _ada.SendAsync("What is my location?");
        foreach (var page in new[] { _ada, second, _grace })
        {
            await Expect(page.ArticleBy("Demo").Last).ToContainTextAsync("48.25");
        }

        Assert.Equal(1, await UsesAsync(_ada) + await UsesAsync(second));
        Assert.Equal(0, await UsesAsync(_grace));
        Assert.Empty(_ada.Complaints);
        Assert.Empty(_grace.Complaints);
    }

    [Fact]
    public async Task A_page_that_was_busy_for_longer_than_an_offer_lasts_runs_the_call_when_it_is_free()
    {
        await AllowLocationAsync(_ada, 48.25f, 16.5f);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        // As a dialog of the browser does: the page is shown and connected, and does nothing for a while. Once.
        await _ada.Page.EvaluateAsync("""
            () => {
              const offer = blazorChat.offerTool;
              let busy = 10_500;
              blazorChat.offerTool = async (...call) => {
                await new Promise(resolve => setTimeout(resolve, busy));
                busy = 0;
                offer(...call);
              };
            }
            """);
        await _ada.SendAsync("What is my location?");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("48.25", new() { Timeout = 40_000 });
        Assert.Equal(1, await UsesAsync(_ada));
    }

    [Fact]
    public async Task A_browser_that_does_not_tell_its_location_says_so()
    {
        // Without a permission the browser of the tests refuses.
        await _ada.SendAsync("What is my location?");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("did not allow this page to know their location");
    }

    [Fact]
    public async Task Who_went_away_finds_the_call_waiting()
    {
        var room = _ada.Page.Url;
        await AllowLocationAsync(_ada, 48.25f, 16.5f);
        await AllowLocationAsync(_grace, 1, 1);
        // Asked, and away before it is taken up: the page of nobody else runs it.
        await _ada.Page.EvaluateAsync("() => document.querySelector('chat-tools').offer = () => {}");
        await _ada.SendAsync("What is my location?");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("Waiting for Ada");
        await _ada.Page.GotoAsync("about:blank");
        await _grace.SendAsync("@nobody and life goes on");
        await Expect(_grace.ArticleBy("Demo").First).ToContainTextAsync("Waiting for Ada");

        await _ada.OpenAsync(room);
        await Expect(_grace.ArticleBy("Demo").First).ToContainTextAsync("48.25");
        Assert.Equal(1, await UsesAsync(_ada));
    }

    [Fact]
    public async Task Another_tab_takes_over_from_one_that_was_closed()
    {
        await AllowLocationAsync(_ada, 48.25f, 16.5f);
        var second = await _ada.NewTabAsync();
        await second.Page.EvaluateAsync("() => document.querySelector('chat-tools').offer = () => {}");
        await _ada.Page.EvaluateAsync("() => document.querySelector('chat-tools').offer = () => {}");
        await _ada.SendAsync("What is my location?");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("Waiting for Ada");
        var third = await _ada.NewTabAsync();
        await _ada.Page.CloseAsync();
        await second.Page.CloseAsync();
        await Expect(third.ArticleBy("Demo").Last).ToContainTextAsync("48.25");
    }

    [Fact]
    public async Task The_clipboard_is_read_after_a_yes_and_only_the_askers()
    {
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await _ada.Page.EvaluateAsync("() => navigator.clipboard.writeText('from the clipboard of Ada')");
        await _ada.SendAsync("Look at my clipboard");
        var question = Question(_ada, "Read the clipboard");
        await Expect(question).ToContainTextAsync("Share your clipboard with this room? Demo asked for it.");
        await Expect(Question(_grace, "Read the clipboard")).ToHaveCountAsync(0);
        Assert.DoesNotContain("from the clipboard", await _grace.Log.InnerTextAsync(), StringComparison.Ordinal);

        await question.GetByRole(AriaRole.Button, new() { Name = "Share clipboard" }).ClickAsync();
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("from the clipboard of Ada");
        await Expect(question).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_no_keeps_the_clipboard_as_it_is()
    {
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await _ada.Page.EvaluateAsync("() => navigator.clipboard.writeText('mine')");
        await _ada.SendAsync("copy <b>the\u200Birs</b>");
        var question = Question(_ada, "Copy text to the clipboard");
        await Expect(question.Locator("pre")).ToHaveTextAsync("<b>the[U+200B]irs</b>");
        await question.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("did not want this in their clipboard");
        Assert.Equal("mine", await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));

        await _ada.SendAsync("copy theirs");
        await question.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("It's in your clipboard");
        Assert.Equal("theirs", await _ada.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task A_tool_of_ones_own_gets_what_is_registered_under_its_name_and_nothing_else()
    {
        // A registered function takes the place of the built-in one; what it throws is what the model is told.
        await _ada.Page.EvaluateAsync("() => blazorChat.tools.register('get_page_language', (args, { assistant }) => { throw new blazorChat.tools.ToolError(`not for ${assistant}`); })");
        await _ada.SendAsync("Which language do I use?");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("not for Demo");
        Assert.True(await _ada.Page.EvaluateAsync<bool>("() => { try { blazorChat.tools.register('<script>', () => 1); return false; } catch { return true; } }"));
    }

    private static ILocator Question(BrowserVisitor visitor, string tool) => visitor.Page.GetByRole(AriaRole.Group, new() { Name = $"{tool} in your browser" });

    private static async Task AllowLocationAsync(BrowserVisitor visitor, float latitude, float longitude)
    {
        await visitor.Context.GrantPermissionsAsync(["geolocation"]);
        await visitor.Context.SetGeolocationAsync(new() { Latitude = latitude, Longitude = longitude });
    }

    private static async Task<int> UsesAsync(BrowserVisitor visitor) => await visitor.Page.EvaluateAsync<int>("() => globalThis.uses");
}
