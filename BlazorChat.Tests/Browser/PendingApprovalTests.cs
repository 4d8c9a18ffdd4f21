using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A request for approval that is out of sight is still found.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PendingApprovalTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DemoApp _app = new(chromium);

    public async Task InitializeAsync() => await _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task A_link_leads_to_a_request_that_cannot_be_seen_and_is_gone_while_it_can(ColorScheme scheme, int width)
    {
        var ada = await _app.JoinAsync("Ada", scheme, width);
        var grace = await _app.JoinAsync("Grace", scheme, width);
        await ada.CreateRoomAsync("Post");
        // On a phone the list that the room was made from is still open.
        await ada.Page.Keyboard.PressAsync("Escape");
        await grace.OpenAsync(ada.Page.Url);
        await ada.SendAsync("Send a postcard");
        var request = ada.Page.GetByRole(AriaRole.Group, new() { Name = "Approve Send a postcard?" });
        await Expect(request).ToBeVisibleAsync();
        var link = ada.Page.GetByRole(AriaRole.Link, new() { Name = "1 approval needed" });
        await Expect(link).ToBeHiddenAsync();

        for (var i = 0; i < 6; i++)
        {
            await grace.SendAsync(string.Join('\n', Enumerable.Repeat($"Talk {i}", 8)));
        }

        // What she asked for is still at the top of her page.
        await ada.Page.Locator("[data-to-end]").ClickAsync();
        await Expect(link).ToBeVisibleAsync();

        await link.ClickAsync();
        await Expect(request).ToBeInViewportAsync();
        await Expect(link).ToBeHiddenAsync();
        // By keyboard: the link has put the focus at the request.
        await ada.Page.PressAsync(request.GetByRole(AriaRole.Button, new() { Name = "Always in this room" }));
        await Expect(request).ToHaveCountAsync(0);
        await Expect(ada.Page.Locator("[data-pending]")).ToHaveCountAsync(0);
        await ada.OpenPanelAsync("Assistants & tools");
        var again = ada.Page.GetByRole(AriaRole.Button, new() { Name = "Ask again before send_postcard runs" });
        await ada.Page.PressAsync(again);
        await Expect(again).ToHaveCountAsync(0);
        Assert.Empty(ada.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task A_question_about_the_clipboard_is_accessible(ColorScheme scheme, int width)
    {
        var ada = await _app.JoinAsync("Ada", scheme, width);
        await ada.SendAsync("copy a line of text");
        var question = ada.Page.GetByRole(AriaRole.Group, new() { Name = "Copy text to the clipboard in your browser" });
        await Expect(question.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(ada.Page, "clipboard");
    }
}
