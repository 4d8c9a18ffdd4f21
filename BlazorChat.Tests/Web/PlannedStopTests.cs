using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Web;

/// <summary>Pages are told before the server stops, and are waited for within bounds.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class PlannedStopTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ShutdownGrace _grace;
    private readonly PlannedStop _stop;

    public PlannedStopTests()
    {
        _grace = new ShutdownGrace(Options.Create(new TurnsOptions()), _time);
        _stop = new PlannedStop(_lifetime, _grace, _time, NullLogger<PlannedStop>.Instance);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task The_stop_goes_on_as_soon_as_every_page_has_gone()
    {
        var (first, second) = (new FakePage(), new FakePage());
        _stop.Add("1", first);
        _stop.Add("2", second);
        var stopping = Task.Run(_lifetime.StopApplication);
        await first.Told.Soon();
        await second.Told.Soon();
        Assert.True(_stop.IsStopping);
        _stop.Remove("1");
        Assert.False(stopping.IsCompleted);
        _stop.Remove("2");
        await stopping.Soon();
    }

    [Fact]
    public async Task A_page_that_is_frozen_holds_it_for_a_moment_only_and_the_answers_grace_has_begun()
    {
        var page = new FakePage();
        _stop.Add("1", page);
        var stopping = Task.Run(_lifetime.StopApplication);
        await page.Told.Soon();
        await _time.WaitForTimerAsync(due => due == PlannedStop.Patience);
        Assert.False(stopping.IsCompleted);
        _time.Advance(PlannedStop.Patience);
        await stopping.Soon();
        Assert.Equal(new TurnsOptions().ShutdownGrace - PlannedStop.Patience, _grace.Left);
    }

    [Fact]
    public async Task While_pages_still_go_it_waits_on_but_not_for_ever()
    {
        var step = TimeSpan.FromSeconds(1);
        for (var i = 0; i < 20; i++)
        {
            _stop.Add($"{i}", new FakePage());
        }

        var stopping = Task.Run(_lifetime.StopApplication);
        var waited = TimeSpan.Zero;
        for (var i = 0; waited < PlannedStop.Longest; i++)
        {
            var left = PlannedStop.Longest - waited;
            await _time.WaitForTimerAsync(due => due == (left < PlannedStop.Patience ? left : PlannedStop.Patience));
            Assert.False(stopping.IsCompleted);
            waited += step;
            _time.Advance(step);
            _stop.Remove($"{i}");
        }

        await stopping.Soon();
    }

    [Fact]
    public async Task A_page_that_connects_during_the_stop_is_told_too()
    {
        _lifetime.StopApplication();
        var late = new FakePage();
        _stop.Add("late", late);
        await late.Told.Soon();
    }

    [Fact]
    public async Task A_server_that_stops_asks_pages_and_watchers_to_come_again()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        var address = host.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal(200, (int)(await client.GetAsync("/health/live")).StatusCode);
        host.App.Lifetime.StopApplication();
        foreach (var path in new[] { "/health/live", "/health/ready", "/_blazor/negotiate" })
        {
            var refused = await client.GetAsync(path);
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.True(refused.Headers.ConnectionClose);
        }
    }

    [Theory]
    [InlineData("DisconnectedRetention", "00:00:00")]
    [InlineData("DisconnectedRetention", "1.00:00:00")]
    [InlineData("DisconnectedMaxRetained", "0")]
    [InlineData("StateRetention", "00:00:00.5")]
    [InlineData("StateRetention", "8.00:00:00")]
    [InlineData("StateMaxRetained", "1000000")]
    [InlineData("ReturnWithin", "00:00:00")]
    [InlineData("ReturnWithin", "02:00:00")]
    public async Task A_retention_out_of_bounds_stops_the_start_with_its_name(string name, string value)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: [$"--Web:Circuits:{name}={value}"]));
        Assert.Contains($"Web:Circuits:{name} must be from", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_are_kept_for_eight_hours_unless_a_setting_says_otherwise()
    {
        await using var host = await ChatHost.StartAsync(settings: ["--Web:Circuits:DisconnectedRetention=00:01:00"]);
        var circuits = host.App.Services.GetRequiredService<IOptions<CircuitOptions>>().Value;
        Assert.Equal(TimeSpan.FromMinutes(1), circuits.DisconnectedCircuitRetentionPeriod);
        Assert.Equal(TimeSpan.FromHours(8), circuits.PersistedCircuitInMemoryRetentionPeriod);
        Assert.Equal(TimeSpan.FromHours(8), circuits.PersistedCircuitDistributedRetentionPeriod);
        Assert.Equal((100, 1_000), (circuits.DisconnectedCircuitMaxRetained, circuits.PersistedCircuitInMemoryMaxRetained));
        Assert.Equal(TimeSpan.FromMinutes(2), host.App.Services.GetRequiredService<IOptions<WebOptions>>().Value.Circuits.ReturnWithin);
    }

    private sealed class FakePage : IJSRuntime
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => _told.Task;

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, CancellationToken.None, args);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
        {
            Assert.Equal("blazorChat.pauseUntilBack", identifier);
            _told.TrySetResult();
            return new ValueTask<TValue>(default(TValue)!);
        }
    }
}
