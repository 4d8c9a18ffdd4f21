using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What somebody changes in a room's settings is saved, however they leave; nobody's text is overwritten or lost.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class SettingsTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;
    private BrowserVisitor _grace = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        (_ada, _grace) = (await _app.JoinAsync("Ada"), await _app.JoinAsync("Grace"));
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Half_a_character_is_saved_as_what_it_looks_like()
    {
        await OpenAsync(_ada);
        await OpenAsync(_grace);
        await Instructions(_ada).EvaluateAsync("e => { e.value = 'Answer \\ud83d'; e.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Expect(Instructions(_grace)).ToHaveValueAsync("Answer \uFFFD");
        await Expect(_ada.Page.Locator("kept-field[data-kept]")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("escape")]
    [InlineData("toggle")]
    [InlineData("reload")]
    [InlineData("another room")]
    [InlineData("back")]
    [InlineData("switcher")]
    [InlineData("closed tab")]
    [InlineData("pause")]
    public async Task What_was_just_typed_is_saved(string how)
    {
        await _ada.CreateRoomAsync("Plans");
        await _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby", Exact = true }).ClickAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        await OpenAsync(_ada);
        await OpenAsync(_grace);
        await Instructions(_ada).PressSequentiallyAsync("Answer in verse");
        switch (how)
        {
            case "close":
                await Panel(_ada).GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
                await Expect(Panel(_ada)).ToHaveCountAsync(0);
                break;
            case "escape":
                await _ada.Page.Keyboard.PressAsync("Escape");
                await Expect(Panel(_ada)).ToHaveCountAsync(0);
                break;
            case "toggle":
                await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
                await Expect(Panel(_ada)).ToHaveCountAsync(0);
                break;
            case "reload":
                await _ada.Page.ReloadAsync();
                await Expect(Instructions(_ada)).ToHaveValueAsync("Answer in verse");
                break;
            case "another room":
                await _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Plans", Exact = true }).ClickAsync();
                await Expect(_ada.Heading).ToHaveTextAsync("Plans");
                break;
            case "back":
                await _ada.Page.GoBackAsync();
                await Expect(_ada.Heading).ToHaveTextAsync("Plans");
                break;
            case "switcher":
                await _ada.Page.Keyboard.PressAsync("Control+k");
                await _ada.Page.Keyboard.TypeAsync("Plans");
                await _ada.Page.Keyboard.PressAsync("Enter");
                await Expect(_ada.Heading).ToHaveTextAsync("Plans");
                break;
            case "closed tab":
                await _ada.Page.CloseAsync();
                break;
        }

        await Expect(Instructions(_grace)).ToHaveValueAsync("Answer in verse");
        if (how != "closed tab")
        {
            await KeepsNothingAsync(_ada);
        }

        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_change_says_that_it_is_saved_and_is_undone_by_keyboard()
    {
        await OpenAsync(_ada);
        await OpenAsync(_grace);
        await Instructions(_ada).FillAsync("Answer in verse");
        await Expect(Panel(_ada).GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Instructions(_ada)).ToBeFocusedAsync();
        await _ada.Page.Keyboard.PressAsync("Tab");
        await Expect(Panel(_ada).GetByRole(AriaRole.Button, new() { Name = "Undo: Instructions" })).ToBeFocusedAsync();
        await _ada.Page.Keyboard.PressAsync("Enter");
        await Expect(Instructions(_grace)).ToHaveValueAsync("");
        await Expect(Instructions(_ada)).ToHaveValueAsync("");
        // The same button puts it back, and it still has the focus.
        await Expect(Panel(_ada).GetByRole(AriaRole.Button, new() { Name = "Redo: Instructions" })).ToBeFocusedAsync();
        await _ada.Page.Keyboard.PressAsync("Enter");
        await Expect(Instructions(_grace)).ToHaveValueAsync("Answer in verse");

        await (await _ada.OpenAdvancedAsync()).SelectOptionAsync("Wait until they stop typing");
        await _grace.OpenAdvancedAsync();
        var quiet = Panel(_ada).GetByRole(AriaRole.Spinbutton, new() { Name = "Seconds of quiet" });
        await quiet.FillAsync("99");
        await quiet.PressAsync("Enter");
        await Expect(Panel(_ada).GetByText("The quiet time must be 0.1 to 60 seconds.")).ToBeVisibleAsync();
        await Expect(quiet).ToHaveValueAsync("99");
        await quiet.FillAsync("7");
        await quiet.PressAsync("Tab");
        await Expect(Panel(_grace).GetByRole(AriaRole.Spinbutton, new() { Name = "Seconds of quiet" })).ToHaveValueAsync("7");
        await Panel(_ada).GetByRole(AriaRole.Button, new() { Name = "Undo: If someone asks" }).ClickAsync();
        await Expect(_grace.Overlap).ToHaveValueAsync("Queue");
        await Expect(_ada.Overlap).ToHaveValueAsync("Queue");
        await KeepsNothingAsync(_ada);
        Assert.Empty(_ada.Complaints.Concat(_grace.Complaints));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Two_people_who_write_at_the_same_time_see_both_texts(ColorScheme scheme, int width)
    {
        await using var relay = new TcpRelay(_app.Address.Port);
        var ben = await _app.JoinAsync("Ben", relay);
        await ben.Page.SetViewportSizeAsync(width, 800);
        await ben.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await OpenAsync(ben);
        await OpenAsync(_grace);
        // Neither knows of the other: in the time that it takes a page to hear of a change, or in a tunnel.
        relay.Cut();
        await Expect(ben.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");
        await Instructions(ben).PressSequentiallyAsync("Answer in verse");
        await Instructions(_grace).FillAsync("Answer in prose");
        await Instructions(_grace).BlurAsync();
        await Expect(Panel(_grace).GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        relay.Mend();
        var theirs = Panel(ben).Locator(".contested blockquote");
        await Expect(theirs).ToHaveTextAsync("Answer in prose");
        await Expect(Instructions(ben)).ToHaveValueAsync("Answer in verse");
        await Expect(Instructions(_grace)).ToHaveValueAsync("Answer in prose");
        await AccessibilityTests.CheckAsync(ben.Page, "conflict");
        await Panel(ben).GetByRole(AriaRole.Button, new() { Name = "Use theirs" }).ClickAsync();
        await Expect(Instructions(ben)).ToHaveValueAsync("Answer in prose");
        await Panel(ben).GetByRole(AriaRole.Button, new() { Name = "Restore mine: Instructions" }).ClickAsync();
        await Expect(Instructions(_grace)).ToHaveValueAsync("Answer in verse");
        await Expect(Panel(_grace).GetByText("Someone just changed this setting")).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(_grace.Page, "changed since");
        await AccessibilityTests.CheckAsync(ben.Page, "saved");
        await Panel(_grace).GetByRole(AriaRole.Button, new() { Name = "Restore mine: Instructions" }).ClickAsync();
        await Expect(Instructions(ben)).ToHaveValueAsync("Answer in prose");
        await KeepsNothingAsync(ben);
        Assert.Empty(_grace.Complaints);
    }

    private static ILocator Panel(BrowserVisitor visitor) => visitor.Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" });

    private static ILocator Instructions(BrowserVisitor visitor) => Panel(visitor).GetByRole(AriaRole.Textbox, new() { Name = "Instructions" });

    private static async Task OpenAsync(BrowserVisitor visitor)
    {
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
        await Expect(Panel(visitor)).ToBeVisibleAsync();
    }

    // What is saved need not be kept in the browser.
    private static async Task KeepsNothingAsync(BrowserVisitor visitor) =>
        await visitor.Page.WaitForFunctionAsync("() => !Object.keys(sessionStorage).some(key => key.includes(':field:'))");
}
