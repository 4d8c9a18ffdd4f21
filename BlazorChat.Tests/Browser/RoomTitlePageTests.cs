using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A room that somebody made without a name, in real browsers.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class RoomTitlePageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DemoApp _app = new(chromium);

    public async Task InitializeAsync() => await _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task It_is_named_before_everybodys_eyes_after_the_first_answer()
    {
        var ada = await _app.JoinAsync("Ada");
        var grace = await _app.JoinAsync("Grace");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        await AccessibilityTests.CheckAsync(ada.Page, "new room without a name");
        await ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await Expect(ada.Heading).ToHaveTextAsync("New room");
        await ada.ReadyAsync();
        await grace.OpenAsync(new Uri(ada.Page.Url).AbsolutePath);
        await Expect(grace.Heading).ToHaveTextAsync("New room");

        await ada.SendAsync("echo: the tides of winter");
        foreach (var visitor in new[] { ada, grace })
        {
            await Expect(visitor.Heading).ToHaveTextAsync("Echo: the tides of winter");
            await Expect(visitor.Page).ToHaveTitleAsync("Echo: the tides of winter – BlazorChat");
            await Expect(visitor.RoomList.GetByRole(AriaRole.Link, new() { Name = "Echo: the tides of winter" })).ToBeVisibleAsync();
            Assert.Empty(visitor.Complaints);
        }
    }
}
