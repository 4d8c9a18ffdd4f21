using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What waits in a room, and what becomes of questions that come while a response is being written.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class RoomActivityTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);

    public async Task InitializeAsync() => await _app.HostAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task The_queue_is_seen_and_ones_own_question_withdrawn(ColorScheme scheme, int width)
    {
        var ada = await _app.JoinAsync("Ada", scheme, width);
        var grace = await _app.JoinAsync("Grace", scheme, width);
        await ada.SendAsync("First");
        var first = await _app.Model.NextAsync();
        await grace.SendAsync("Second, of Grace");
        await Expect(ada.ArticleBy("Grace")).ToContainTextAsync("Second, of Grace");
        await ada.SendAsync("Third, of Ada");

        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "2 waiting · next: Grace’s question" }).ClickAsync();
        var queue = ada.Page.GetByRole(AriaRole.Group, new() { Name = "Queue" });
        await Expect(queue.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await AccessibilityTests.CheckAsync(ada.Page, "queue");
        await Expect(queue.GetByRole(AriaRole.Button)).ToHaveCountAsync(1);
        await queue.GetByRole(AriaRole.Button, new() { Name = "Remove your question to Demo" }).ClickAsync();
        await Expect(grace.Page.GetByText("1 waiting", new() { Exact = true })).ToBeVisibleAsync();

        first.Finish("One.");
        var second = await _app.Model.NextAsync();
        Assert.Contains("Second, of Grace", second.Request, StringComparison.Ordinal);
        second.Finish("Two.");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Two.");
        await Expect(ada.StopButton).ToBeHiddenAsync();
        Assert.Empty(ada.Complaints);
        Assert.False(await ada.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"));
    }

    [Fact]
    public async Task A_refused_question_keeps_its_text_and_can_be_sent_again()
    {
        var ada = await _app.JoinAsync("Ada");
        await (await ada.OpenAdvancedAsync()).SelectOptionAsync("Ask them to wait");
        await Expect(ada.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await ada.SendAsync("First");
        var first = await _app.Model.NextAsync();
        first.Say("One");

        await ada.SendAsync("Second thoughts");
        var refused = ada.Page.GetByRole(AriaRole.Group, new() { Name = "Message that was not sent" });
        await Expect(refused).ToContainTextAsync("Second thoughts");
        await Expect(refused).ToContainTextAsync("this room takes one question at a time");

        // It waits for its author, also after a reload, and is not sent by itself.
        first.Finish(".");
        await Expect(ada.StopButton).ToBeHiddenAsync();
        await ada.Page.ReloadAsync();
        await ada.ReadyAsync();
        await Expect(refused).ToContainTextAsync("Second thoughts");
        await refused.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        (await _app.Model.NextAsync()).Finish("Two.");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Two.");
        await Expect(refused).ToHaveCountAsync(0);
        await Expect(ada.ArticleBy("Ada").Filter(new() { HasText = "Second thoughts" })).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Settings_tools_and_totals_pass(ColorScheme scheme, int width)
    {
        var ada = await _app.JoinAsync("Ada", scheme, width);
        await (await ada.OpenAdvancedAsync()).SelectOptionAsync("Wait until they stop typing");
        var panel = ada.Panel;
        await Expect(panel.GetByRole(AriaRole.Spinbutton, new() { Name = "Seconds of quiet" })).ToHaveValueAsync("2");
        await panel.GetByText("Built in").ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Switch, new() { Name = "get_location" })).ToBeCheckedAsync();
        await panel.GetByRole(AriaRole.Switch, new() { Name = "get_location" }).UncheckAsync();
        await panel.GetByRole(AriaRole.Switch, new() { Name = "get_location" }).ScrollIntoViewIfNeededAsync();
        await AccessibilityTests.CheckAsync(ada.Page, "settings");
        Assert.False(await panel.EvaluateAsync<bool>("panel => panel.scrollWidth > panel.clientWidth"));
        await ada.OpenPanelAsync("Usage");
        await Expect(panel.GetByText("Includes deleted answers.")).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(ada.Page, "usage");
        Assert.Empty(ada.Complaints);
    }
}
