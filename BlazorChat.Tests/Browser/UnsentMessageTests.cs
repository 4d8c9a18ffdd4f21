using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A message that the server refuses stays, says why, and can be sent again or thrown away.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class UnsentMessageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    // One message in six seconds, and none in advance: three are written faster on the slowest machine.
    public async Task InitializeAsync()
    {
        await _app.HostAsync(("Rooms__MessagesPerMinute", "10"), ("Rooms__MessageBurst", "1"));
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Retry_sends_it_and_discard_forgets_it()
    {
        foreach (var text in new[] { "One", "Two", "Three" })
        {
            await _ada.SendAsync(text);
        }

        await Expect(Unsent("Two")).ToContainTextAsync("doing that too often");
        await Expect(Unsent("Three")).ToBeVisibleAsync();
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(1);

        // It is still there after a reload, and still not sent.
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(Unsent("Two")).ToContainTextAsync("Not sent");
        await Expect(Unsent("Three")).ToBeVisibleAsync();

        await Unsent("Three").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(Unsent("Three")).ToHaveCountAsync(0);
        await Expect(_ada.Composer).ToBeFocusedAsync();

        // As soon as the server allows it.
        while (await _ada.ArticleBy("Ada").CountAsync() < 2)
        {
            await Unsent("Two").GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
            await Expect(Unsent("Two").Or(_ada.ArticleBy("Ada").Nth(1)).First).ToBeVisibleAsync();
        }

        await Expect(Unsent("Two")).ToHaveCountAsync(0);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(2);
        await Expect(_ada.Page.GetByText("Three", new() { Exact = true })).ToHaveCountAsync(0);
        await Expect(_ada.Page.GetByText("Not sent")).ToHaveCountAsync(0);
    }

    private ILocator Unsent(string text) =>
        _ada.Page.GetByRole(AriaRole.Group, new() { Name = "Message that was not sent" }).Filter(new() { HasText = text });
}
