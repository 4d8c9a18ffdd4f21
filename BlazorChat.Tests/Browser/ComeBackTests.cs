using System.Diagnostics;
using BlazorChat.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Pages come back by themselves, as they were and without a reload: after a planned stop, a lost connection.</summary>
[Collection(RestartTests.Name)]
public sealed class ComeBackTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private static readonly (string, string) Continue = ("Assistants__Items__0__Recovery", "Continue");

    private static readonly (string, string)[] CircuitKeptForASecond =
        [("Web__Circuits__DisconnectedRetention", "00:00:01"), ("Logging__LogLevel__Microsoft.AspNetCore.Components.Server", "Debug")];

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Six_pages_and_an_answer_go_through_a_restart_without_a_reload_each_with_what_was_its_own()
    {
        await _app.StartAsync(Continue);
        var ada = await _app.JoinAsync("Ada");
        await ada.SendAsync("A long story, please");
        var answer = await _app.Model.NextAsync();
        answer.Say("It begins. ");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("It begins.");
        var tabs = new List<Visitor> { ada };
        while (tabs.Count < 5)
        {
            tabs.Add(await ada.NewTabAsync());
        }

        var pages = new List<OpenPage>();
        foreach (var tab in tabs)
        {
            pages.Add(await OpenPage.WatchAsync(tab));
            await pages[^1].LeaveThingsOpenAsync(tab: $" of tab {pages.Count}");
        }

        var reader = await ada.NewTabAsync();
        await reader.CreateRoomAsync("Long");
        await reader.FillAsync(60);
        pages.Add(await OpenPage.WatchAsync(reader));
        await pages[^1].LeaveThingsOpenFarUpAsync(" of the reader");
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

        await pages[^1].IsFarUpAsync();
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
        await _app.SayAsync(ada, "Hello");
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
        await _app.SayAsync(ada, "Hello");
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
        await _app.SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        relay.Cut();
        await _app.App.PrintedAsync("evicted due to");
        relay.Mend();
        await page.IsResumedAsync();
        await _app.SayAsync(ada, "Still here", "A draft");
    }

    [Fact]
    public async Task A_stop_in_the_moment_in_which_a_page_is_resumed_reloads_nothing()
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada");
        await _app.SayAsync(ada, "Hello");
        var wire = await HeldWire.ToAsync(ada);
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();

        // Before the server gets to it, and when it has but the page shows nothing of it yet.
        wire.Hold("ResumeCircuit");
        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();
        await wire.IsHeldAsync();
        Assert.Equal(0, await _app.App.StopAsync());
        wire.Hold("UpdateRootComponents");
        await _app.StartAsync();
        await wire.IsHeldAsync();
        Assert.Equal(0, await _app.App.StopAsync());
        wire.LetGo();
        await _app.StartAsync();
        await page.IsResumedAsync(2);
    }
}
