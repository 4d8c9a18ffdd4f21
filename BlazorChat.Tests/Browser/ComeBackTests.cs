using System.Diagnostics;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Pages come back by themselves, as they were: after a planned stop, a lost connection, a sleep, a crash.</summary>
[Collection(RestartTests.Name)]
public sealed class ComeBackTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private static readonly (string, string) Continue = ("Assistants__Items__0__Recovery", "Continue");

    // What is kept, and for how long, is logged.
    private static readonly (string, string) Log = ("Logging__LogLevel__Microsoft.AspNetCore.Components.Server", "Debug");

    private static readonly (string, string)[] KeptForASecond =
        [("Web__Circuits__DisconnectedRetention", "00:00:01"), ("Web__Circuits__StateRetention", "00:00:01"), Log];

    private static readonly (string, string)[] CircuitKeptForASecond = [("Web__Circuits__DisconnectedRetention", "00:00:01"), Log];

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Six_pages_and_an_answer_go_through_a_restart_without_a_reload()
    {
        await _app.StartAsync(Continue);
        var ada = await _app.JoinAsync("Ada");
        await ada.SendAsync("A long story, please");
        var answer = await _app.Model.NextAsync();
        answer.Say("It begins. ");
        var tabs = new List<Visitor> { ada };
        while (tabs.Count < 6)
        {
            tabs.Add(await ada.NewTabAsync());
        }

        var pages = new List<OpenPage>();
        foreach (var tab in tabs)
        {
            await Expect(tab.ArticleBy("Demo")).ToContainTextAsync("It begins.");
            pages.Add(await OpenPage.WatchAsync(tab));
        }

        await pages[^1].LeaveThingsOpenAsync();
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await _app.App.StopAsync());
        Assert.True(clock.Elapsed < LongestStop, $"The stop took {clock.Elapsed}.");
        foreach (var page in pages)
        {
            await page.IsWaitingAsync();
        }

        await _app.StartAsync(Continue);
        foreach (var page in pages)
        {
            await page.IsResumedAsync();
        }

        (await _app.Model.NextAsync()).Finish("It goes on.");
        foreach (var tab in tabs)
        {
            await Expect(tab.ArticleBy("Demo")).ToContainTextAsync("It goes on.");
            await Expect(tab.ArticleBy("Demo")).ToContainTextAsync("It begins.");
        }
    }

    [Fact]
    public async Task Five_restarts_in_a_row_reload_nothing()
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada");
        await SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        for (var stop = 1; stop <= 5; stop++)
        {
            Assert.Equal(0, await _app.App.StopAsync());
            await _app.StartAsync();
            await page.IsResumedAsync(stop);
        }
    }

    [Fact]
    public async Task A_page_that_had_only_lost_its_connection_before_goes_through_a_restart_too()
    {
        await _app.StartAsync();
        await using var relay = new TcpRelay(_app.Port);
        var ada = await _app.JoinAsync("Ada", relay);
        await SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        relay.Cut();
        relay.Mend();
        await page.IsConnectedAgainAsync();

        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();
        await page.IsResumedAsync(2);
    }

    [Fact]
    public async Task A_connection_away_for_longer_than_the_circuit_is_kept_comes_back_as_it_was()
    {
        await _app.StartAsync(CircuitKeptForASecond);
        await using var relay = new TcpRelay(_app.Port);
        var ada = await _app.JoinAsync("Ada", relay);
        await SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        relay.Cut();
        await _app.App.PrintedAsync("evicted due to");
        relay.Mend();
        await page.IsResumedAsync();
        await SayAsync(ada, "Still here", "A draft");
    }

    [Fact]
    public async Task A_page_that_sleeps_for_longer_than_anything_of_it_is_kept_loads_itself_again_as_it_was()
    {
        await _app.StartAsync(KeptForASecond);
        await using var relay = new TcpRelay(_app.Port);
        await using var renderers = await Renderers.BeforeAsync(chromium.Browser);
        var ada = await _app.JoinAsync("Ada", relay);
        await SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        await renderers.FreezeNewAsync();
        relay.Cut();
        await _app.App.PrintedAsync("Circuit state evicted for circuit");
        relay.Mend();
        renderers.Thaw();
        await page.IsLoadedAgainAsync();
    }

    [Fact]
    public async Task After_a_kill_the_page_loads_itself_again_at_its_place_far_up_with_what_was_typed_and_open()
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada");
        await SayAsync(ada, "The first one");
        var page = await OpenPage.WatchAsync(ada);
        await FillAsync(ada, 160);
        var first = ada.Articles.First;
        await first.ScrollIntoViewIfNeededAsync();
        await Expect(first).ToContainTextAsync("The first one");
        await page.LeaveThingsOpenAsync(first);
        await first.ScrollIntoViewIfNeededAsync();
        await ada.Page.WaitForFunctionAsync("() => sessionStorage.getItem(`blazorchat:place:${document.querySelector('chat-log').dataset.room}`)?.includes(document.querySelector('chat-log article').id)");

        await _app.App.KillAsync();
        await _app.StartAsync();
        await page.IsLoadedAgainAsync();
        await Expect(ada.Articles.First.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" })).ToBeInViewportAsync();

        // A planned stop brings it there as well, without a reload.
        await page.WatchAgainAsync();
        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();
        await page.IsResumedAsync();
        await Expect(ada.Articles.First.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" })).ToBeInViewportAsync();
    }

    private async Task SayAsync(Visitor visitor, string text, string? draft = null)
    {
        await Expect(visitor.Composer).ToHaveValueAsync(draft ?? "");
        await visitor.SendAsync(text);
        (await _app.Model.NextAsync()).Finish($"You said: {text}");
        await Expect(visitor.ArticleBy("Demo").Last).ToContainTextAsync($"You said: {text}");
    }

    // Nobody answers these, and nobody waits between them.
    private static async Task FillAsync(Visitor visitor, int count)
    {
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Settings", Exact = true }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Radio, new() { Name = "Only when mentioned" }).CheckAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Save settings" }).ClickAsync();
        await Expect(visitor.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Close settings" }).ClickAsync();
        var outbox = visitor.Page.Locator("[data-outbox]");
        for (var sent = 0; sent < count; sent += 20)
        {
            await visitor.Page.EvaluateAsync("""
                () => {
                  const composer = document.querySelector('chat-composer');
                  for (let i = 0; i < 20; i++) {
                    composer.input.value = `Message ${i}`;
                    composer.send();
                  }
                }
                """);
            await Expect(outbox).ToBeEmptyAsync();
        }

        // A page that falls behind shows the newest: the others are loaded as by somebody who reads back.
        while (await visitor.Page.Locator("[data-load-older]").CountAsync() > 0)
        {
            var shown = await visitor.Articles.CountAsync();
            await visitor.Page.EvaluateAsync("() => document.querySelector('[data-load-older]')?.click()");
            await Expect(visitor.Articles).Not.ToHaveCountAsync(shown);
        }
    }
}
