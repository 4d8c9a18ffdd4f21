using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>On a phone, the list of rooms is the start page, Back closes what is open, and a long press opens a message's menu.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PhoneTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinByPageAsync("Ada", ColorScheme.Light, 390);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task The_list_is_the_start_page_and_back_closes_what_is_open()
    {
        var page = _ada.Page;
        await page.GotoAsync(new Uri(_app.Address, "/").ToString());
        var lobby = _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby" });
        await Expect(lobby).ToBeVisibleAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Rooms");
        await Expect(page.Locator("nav.rooms")).ToBeInViewportAsync();
        await AccessibilityTests.CheckAsync(page, "list of rooms");
        await lobby.ClickAsync();
        await _ada.ReadyAsync();
        var room = page.Url;

        await page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true }).ClickAsync();
        await Expect(lobby).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(lobby).ToBeHiddenAsync();

        await _ada.OpenPanelAsync();
        // It is all that there is.
        Assert.True(await page.Locator(".room-main").EvaluateAsync<bool>("main => main.inert"));
        await page.GoBackAsync();
        await Expect(_ada.Panel).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true })).ToBeFocusedAsync();

        // One thing after the other.
        await page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(lobby).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(lobby).ToBeHiddenAsync();
        Assert.Equal(room, page.Url);

        // Nothing is open: back to where the room was opened, however much was open here meanwhile.
        await page.GoBackAsync();
        await Expect(lobby).ToBeVisibleAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Rooms");
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_long_press_opens_the_menu_of_a_message_as_a_sheet()
    {
        await _app.SayAsync(_ada, "Hello");
        var text = _ada.ArticleBy("Demo").Locator(".blocks");
        var menu = _ada.Page.GetByRole(AriaRole.Group, new() { Name = "Message", Exact = true });
        await PressAsync(text, "pointerdown");
        await Expect(menu).ToBeVisibleAsync();
        await PressAsync(text, "pointerup");
        var box = await menu.BoundingBoxAsync();
        Assert.Equal((0, 390, 800), ((int)box!.X, (int)box.Width, (int)(box.Y + box.Height)));
        await AccessibilityTests.CheckAsync(_ada.Page, "sheet");
        await _ada.Page.GoBackAsync();
        await Expect(menu).ToBeHiddenAsync();

        // Scrolling is no press.
        await PressAsync(text, "pointerdown");
        await PressAsync(text, "pointermove", 40);
        // The press would be over before this timer, which began later.
        await _ada.Page.EvaluateAsync("() => new Promise(over => setTimeout(over, 600))");
        await Expect(menu).ToBeHiddenAsync();
        Assert.Empty(_ada.Complaints);
    }

    private static async Task PressAsync(ILocator where, string what, int by = 0) =>
        await where.EvaluateAsync("""
            (element, { what, by }) => {
              const { x, y } = element.getBoundingClientRect();
              element.dispatchEvent(new PointerEvent(what, { bubbles: true, pointerType: 'touch', isPrimary: true, clientX: x + 5, clientY: y + 5 + by }));
            }
            """, new { what, by });
}
