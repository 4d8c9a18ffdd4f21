using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>How a browser shows the pages is chosen in it, remembered by it, and there before the first paint of the next page.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class BrowserChoicesTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada", width: 1600);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task The_list_is_as_wide_as_somebody_makes_it_or_hidden_without_a_shift_at_the_next_load()
    {
        var page = _ada.Page;
        var edge = page.GetByRole(AriaRole.Separator, new() { Name = "Width of the list" });
        await edge.FocusAsync();
        await page.Keyboard.PressAsync("End");
        Assert.Equal(360, await WidthAsync("#sidebar"));
        await Expect(edge).ToHaveAttributeAsync("aria-valuenow", "360");
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal(350, await WidthAsync("#sidebar"));
        var box = await edge.BoundingBoxAsync();
        await page.Mouse.MoveAsync(box!.X + 4, 400);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(300, 400);
        await page.Mouse.MoveAsync(20, 400);
        await page.Mouse.UpAsync();
        Assert.Equal(220, await WidthAsync("#sidebar"));
        await page.Mouse.MoveAsync(800, 400);
        Assert.Equal(220, await WidthAsync("#sidebar"));

        await page.AddInitScriptAsync("globalThis.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) { shift += entry.value; } }).observe({ type: 'layout-shift', buffered: true });");
        await page.ReloadAsync();
        await _ada.ReadyAsync();
        Assert.Equal(220, await WidthAsync("#sidebar"));
        await page.Keyboard.PressAsync("Control+\\");
        await Expect(_ada.RoomList).ToBeHiddenAsync();
        await page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.RoomList).ToBeHiddenAsync();
        Assert.True(await page.EvaluateAsync<double>("() => shift") < 0.05);
        await AccessibilityTests.CheckAsync(page, "list hidden");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the list of rooms" }).ClickAsync();
        await Expect(_ada.RoomList).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hide the list of rooms" }).ClickAsync();
        await Expect(_ada.RoomList).ToBeHiddenAsync();
        // It was in what is hidden now.
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Show the list of rooms" })).ToBeFocusedAsync();
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task The_conversation_is_wide_and_close_where_that_is_chosen()
    {
        var page = _ada.Page;
        await _ada.PersonButton.ClickAsync();
        var wide = page.GetByRole(AriaRole.Button, new() { Name = "Wide conversation" });
        var compact = page.GetByRole(AriaRole.Button, new() { Name = "Compact" });
        await wide.ClickAsync();
        await _ada.PersonButton.ClickAsync();
        await Expect(wide).ToHaveAttributeAsync("aria-pressed", "true");
        await compact.ClickAsync();
        await Expect(compact).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Comfortable" })).ToHaveAttributeAsync("aria-pressed", "false");
        await page.ReloadAsync();
        await _ada.ReadyAsync();
        Assert.Equal(96, await page.Locator(".log").EvaluateAsync<int>("log => log.clientWidth") - await WidthAsync(".log-content"), 1d);
        await _app.SayAsync(_ada, "Hello");
        Assert.Equal("4px", await _ada.ArticleBy("Ada").EvaluateAsync<string>("article => getComputedStyle(article).marginTop"));
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task The_page_speaks_the_language_that_is_chosen_and_keeps_what_is_typed()
    {
        var page = _ada.Page;
        var html = page.Locator("html");
        var room = page.Locator(".room-row", new() { HasText = "Lobby" });
        await _app.SayAsync(_ada, "Hello");
        await Expect(html).ToHaveAttributeAsync("lang", "en");
        await Expect(room.Locator("time")).ToHaveTextAsync(new Regex("^(?:now|1 min[.] ago)$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await _ada.Composer.FillAsync("Half a");
        await ChooseAsync("Deutsch");
        await Expect(html).ToHaveAttributeAsync("lang", "de");
        await Expect(page.Locator("chat-composer textarea")).ToHaveValueAsync("Half a");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Räume" })).ToBeVisibleAsync();
        await Expect(page.Locator(".audience")).ToHaveTextAsync("Offen für alle");
        await Expect(room).ToContainTextAsync("2 Nachrichten");
        await Expect(room.Locator("time")).ToHaveTextAsync(new Regex("^(?:jetzt|vor 1 Min[.])$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await AccessibilityTests.CheckAsync(page, "in German");

        await ChooseAsync("Browser");
        await Expect(html).ToHaveAttributeAsync("lang", "en");
        await Expect(_ada.RoomList).ToBeVisibleAsync();
        Assert.DoesNotContain("language-choice", (await _ada.Context.CookiesAsync()).Select(c => c.Name));
        Assert.Empty(_ada.Complaints);

        async Task ChooseAsync(string language)
        {
            await page.Locator(".person-button").ClickAsync();
            var button = page.GetByRole(AriaRole.Button, new() { Name = language, Exact = true });
            await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
            await page.Locator("body").EvaluateAsync("body => { body.dataset.before = ''; }");
            await button.ClickAsync();
            await Expect(page.Locator("body:not([data-before]) chat-composer[data-connected]")).ToBeAttachedAsync();
        }
    }

    private Task<double> WidthAsync(string selector) => _ada.Page.Locator(selector).EvaluateAsync<double>("e => e.getBoundingClientRect().width");
}
