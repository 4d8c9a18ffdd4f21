using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Browser;

/// <summary>Pages come back by themselves, as they were and without a reload: after a planned stop, a lost connection.</summary>
[Collection(RestartTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class ComeBackTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly (string, string)[] CircuitKeptForASecond =
        [("Web__Circuits__DisconnectedRetention", "00:00:01"), ("Logging__LogLevel__Microsoft.AspNetCore.Components.Server", "Debug")];

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Restarts_in_a_row_reload_nothing()
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada");
        await _app.SayAsync(ada, "Hello");
        var page = await OpenPage.WatchAsync(ada);
        await page.LeaveThingsOpenAsync();
        for (var stop = 1; stop <= Soak.Times(3, 20); stop++)
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
    public async Task Pages_away_or_asleep_for_longer_than_their_circuits_are_kept_come_back_as_they_were()
    {
        await _app.StartAsync(CircuitKeptForASecond);
        await using var relay = new TcpRelay(_app.Port);
        var ada = await _app.JoinAsync("Ada", relay);
        await _app.SayAsync(ada, "Hello");
        var away = await OpenPage.WatchAsync(ada);
        await away.LeaveThingsOpenAsync();
        await using var renderers = await Renderers.BeforeAsync(chromium.Browser);
        var ben = await _app.JoinAsync("Ben", relay);
        await ben.CreateRoomAsync("Long");
        await ben.FillAsync(60);
        var asleep = await OpenPage.WatchAsync(ben);
        await asleep.LeaveThingsOpenFarUpAsync();
        await renderers.FreezeNewAsync();
        relay.Cut();
        await _app.App.PrintedAsync("Pausing circuit with ID", times: 2);
        relay.Mend();
        renderers.Thaw();
        await away.IsResumedAsync();
        await _app.SayAsync(ada, "Still here", "A draft");
        await asleep.IsResumedAsync();
        await asleep.IsAtItsPlaceAsync();
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
        // It was not back before it showed what had come of it.
        await page.IsResumedAsync();
    }
}
