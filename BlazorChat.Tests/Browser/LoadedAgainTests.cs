using BlazorChat.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Pages whose circuit cannot be had back load themselves again as they were.</summary>
[Collection(RestartTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class LoadedAgainTests(Chromium chromium) : IAsyncLifetime
{
    // What is kept, and for how long, is logged.
    private static readonly (string, string) Log = ("Logging__LogLevel__Microsoft.AspNetCore.Components.Server", "Debug");

    private static readonly (string, string)[] CircuitKeptForASecond = [("Web__Circuits__DisconnectedRetention", "00:00:01"), Log];

    private static readonly (string, string)[] KeptForASecond = [.. CircuitKeptForASecond, ("Web__Circuits__StateRetention", "00:00:01")];

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_page_that_sleeps_for_longer_than_anything_of_it_is_kept_loads_itself_again_at_its_place_far_up_as_it_was()
    {
        await _app.StartAsync(KeptForASecond);
        await using var relay = new TcpRelay(_app.Port);
        await using var renderers = await Renderers.BeforeAsync(chromium.Browser);
        var ada = await _app.JoinAsync("Ada", relay);
        await ada.FillAsync(60);
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenFarUpAsync();
        await renderers.FreezeNewAsync();
        relay.Cut();
        await _app.App.PrintedAsync("Circuit state evicted for circuit");
        relay.Mend();
        renderers.Thaw();
        await page.IsLoadedAgainAsync();
        await page.IsAtItsPlaceAsync();
    }

    [Fact]
    public async Task After_a_kill_the_page_loads_itself_again_at_its_place_far_up_with_what_was_typed_and_open()
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada");
        await _app.SayAsync(ada, "The first one");
        var page = await OpenPage.WatchAsync(ada);
        await ada.FillAsync(120);
        await Expect(ada.Articles.First).ToContainTextAsync("The first one");
        await page.LeaveThingsOpenFarUpAsync();
        var other = await OpenPage.WatchAsync(await ada.NewTabAsync());
        await other.LeaveThingsOpenAsync(tab: " of the other tab");

        await _app.App.KillAsync();
        await _app.StartAsync();
        await other.IsLoadedAgainAsync();
        await page.IsLoadedAgainAsync();
        await page.IsAtItsPlaceAsync();

        // A planned stop brings it there as well, without a reload.
        await page.WatchAgainAsync();
        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();
        await page.IsResumedAsync();
        await page.IsAtItsPlaceAsync();
    }

    [Fact]
    public async Task After_a_restart_that_takes_longer_than_anything_is_kept_or_than_the_page_tries_it_loads_itself_again_as_it_was()
    {
        await _app.StartAsync(KeptForASecond);
        await using var relay = new TcpRelay(_app.Port);
        var ada = await _app.JoinAsync("Ada", relay);
        await _app.SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        Assert.Equal(0, await _app.App.StopAsync());

        // The start takes longer than the state lives.
        await _app.StartAsync(("Web__Circuits__ReturnWithin", "00:00:01"), Log);
        await page.IsLoadedAgainAsync();
        Assert.Contains("Failed to unprotect the component descriptor", _app.App.Output, StringComparison.Ordinal);

        // One that had lost its connection before leaves the tries to the script of the framework.
        await page.WatchAgainAsync();
        relay.Cut();
        relay.Mend();
        await page.IsConnectedAgainAsync();
        var ben = await _app.JoinAsync("Ben");
        await _app.SayAsync(ben, "Hello");
        var other = await OpenPage.WatchAsync(ben);
        await other.LeaveThingsOpenAsync();
        Assert.Equal(0, await _app.App.StopAsync());
        await page.HasWaitedTooLongAsync();
        await other.HasWaitedTooLongAsync();
        await _app.StartAsync();
        await page.IsLoadedAgainAsync();
        await other.IsLoadedAgainAsync();
    }

    [Fact]
    public async Task Where_more_pages_are_away_than_are_kept_the_last_one_loads_itself_again_as_it_was_and_the_others_do_not()
    {
        await _app.StartAsync([.. CircuitKeptForASecond, ("Web__Circuits__StateMaxRetained", "1")]);
        await using var adasRelay = new TcpRelay(_app.Port);
        await using var bensRelay = new TcpRelay(_app.Port);
        var (ada, ben) = (await _app.JoinAsync("Ada", adasRelay), await _app.JoinAsync("Ben", bensRelay));
        await _app.SayAsync(ada, "Hello");
        await _app.SayAsync(ben, "Hello");
        var (first, last) = (await OpenPage.WatchAsync(ada), await OpenPage.WatchAsync(ben));
        await first.LeaveThingsOpenAsync();
        await last.LeaveThingsOpenAsync();
        adasRelay.Cut();
        await _app.App.PrintedAsync("evicted due to");
        await _app.App.PrintedAsync("Pausing circuit with ID");
        bensRelay.Cut();
        await _app.App.PrintedAsync("due to Capacity");
        adasRelay.Mend();
        bensRelay.Mend();
        await first.IsResumedAsync();
        await last.IsLoadedAgainAsync();
    }
}
