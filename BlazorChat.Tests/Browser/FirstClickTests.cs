using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What is pressed on the first HTML, before a circuit is behind it, is done once when it is.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class FirstClickTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;
    private TaskCompletionSource _mayBegin = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
        await _app.SayAsync(_ada, "Hello");
        await _ada.Page.RouteAsync("**/_blazor/negotiate*", async route =>
        {
            await _mayBegin.Task;
            await route.ContinueAsync();
        });
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_button_works_once_however_often_it_is_pressed()
    {
        await OpenEarlyAsync();
        var button = _ada.Page.GetByRole(AriaRole.Button, new() { Name = "New room" });
        await button.ClickAsync();
        await button.ClickAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await BeginAsync();
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox, new() { Name = "Room name" }).FillAsync("Early");
        await Keys.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("Early");

        await OpenEarlyAsync();
        var settings = _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true });
        await settings.ClickAsync();
        await settings.ClickAsync();
        await BeginAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_open_menu_stays_open_and_what_was_chosen_in_it_is_done()
    {
        await OpenEarlyAsync();
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room menu" }).ClickAsync();
        await BeginAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Rename…" })).ToBeVisibleAsync();

        await OpenEarlyAsync();
        await _ada.ChooseAsync("Rename");
        await BeginAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox, new() { Name = "Room name" })).ToBeVisibleAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Rename…" })).ToBeHiddenAsync();

        // A message's action.
        await OpenEarlyAsync();
        var own = _ada.ArticleBy("Ada").Last;
        await own.HoverAsync();
        await own.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await BeginAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" })).ToHaveValueAsync("Hello");
    }

    [Fact]
    public async Task Shortcuts_work_at_once_and_what_they_opened_stays_open()
    {
        await OpenEarlyAsync();
        await Keys.PressAsync("Control+k");
        var search = _ada.Page.GetByRole(AriaRole.Combobox, new() { Name = "Go to room" });
        await search.FillAsync("Lob");
        await BeginAsync();
        await Expect(search).ToHaveValueAsync("Lob");
        await Expect(search).ToBeFocusedAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Option)).ToHaveTextAsync(["Lobby"]);
        await Keys.PressAsync("Escape");
        await Expect(search).ToBeHiddenAsync();

        await OpenEarlyAsync();
        await _ada.Log.FocusAsync();
        await Keys.PressAsync("?");
        await BeginAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_was_sent_early_arrives_once()
    {
        await OpenEarlyAsync();
        await _ada.Composer.FillAsync("Early bird");
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await BeginAsync();
        (await _app.Model.NextAsync()).Finish("Good morning");
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(2);
    }

    private IKeyboard Keys => _ada.Page.Keyboard;

    private async Task OpenEarlyAsync()
    {
        _mayBegin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _ada.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await Expect(_ada.Composer).ToBeVisibleAsync();
        await Expect(_ada.Page.Locator("chat-composer[data-connected]")).ToHaveCountAsync(0);
    }

    private async Task BeginAsync()
    {
        _mayBegin.SetResult();
        await Expect(_ada.Page.Locator("chat-composer[data-connected]")).ToBeAttachedAsync();
    }
}
