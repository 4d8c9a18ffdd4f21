using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A turn that begins when its author has been quiet for a while.</summary>
[Trait(nameof(Kind), Kind.Host)]
public abstract class DebounceTests(TestDatabase database) : IAsyncLifetime
{
    private static readonly string[] Settings = ["--Turns:ShutdownGrace=00:00:00"];

    private readonly FakeTimeProvider _clock = new();
    private ChatHost _host = null!;
    private Room _room = null!;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(database, UseClock, Settings);
        _room = await _host.RoomAsync();
        await _host.Rooms.ChangeAsync(
            ChatHost.Ada, _room.Id, null, new RoomSettingsChange { Overlap = OverlapPolicy.Debounce, QuietTime = TimeSpan.FromSeconds(2) }, default);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_author_who_writes_on_is_answered_once_after_the_last_message()
    {
        await _host.PostAsync(_room, "One");
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        await _host.PostAsync(_room, "Two");
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        var waiting = await QueueAsync();
        Assert.Single(waiting);
        Assert.Equal(0, _host.Model.Requests);

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        var asked = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One", "Ada: Two"], asked.Lines);
        asked.Finish("Both");
    }

    [Fact]
    public async Task Who_is_quiet_first_is_answered_first_and_stands_first()
    {
        await _host.PostAsync(_room, "Ada begins");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _host.PostAsync(_room, "Grace", ChatHost.Grace);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await _host.PostAsync(_room, "Ada ends");
        Assert.Equal(["Grace", "Ada"], (await QueueAsync()).Select(t => t.RequestedBy.Name));

        _clock.Advance(TimeSpan.FromSeconds(1.5));
        var grace = await _host.Model.NextAsync();
        Assert.Equal(["Grace: Grace"], grace.Lines);
        _clock.Advance(TimeSpan.FromSeconds(1));
        grace.Finish("G");
        var ada = await _host.Model.NextAsync();
        Assert.Equal(["Grace: Grace", "assistant: G", "Ada: Ada begins", "Ada: Ada ends"], ada.Lines);
        ada.Finish("A");
    }

    [Fact]
    public async Task A_restart_while_it_waits_changes_nothing()
    {
        await _host.PostAsync(_room, "One");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _host = await _host.RestartAsync(UseClock, Settings);
        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Single(await QueueAsync());
        Assert.Equal(0, _host.Model.Requests);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        var asked = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One"], asked.Lines);
        asked.Finish("1");
    }

    [Fact]
    public async Task One_that_waits_for_quiet_can_be_withdrawn()
    {
        await _host.PostAsync(_room, "One");
        var turn = Assert.Single(await QueueAsync());
        Assert.Null((await _host.Responses.WithdrawAsync(ChatHost.Ada, _room.Id, turn.Id, default)).Error);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await _host.PostAsync(_room, "Two");
        _clock.Advance(TimeSpan.FromSeconds(2));
        var asked = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One", "Ada: Two"], asked.Lines);
        asked.Finish("2");
        Assert.Equal(1, _host.Model.Requests);
    }

    private void UseClock(WebApplicationBuilder builder) => builder.Services.AddSingleton<TimeProvider>(_clock);

    private async Task<IEnumerable<Turn>> QueueAsync()
    {
        var now = (await _host.Live.ReadAsync(ChatHost.Ada, _room.Id, default)).Value;
        Assert.Equal(await _host.App.Services.GetRequiredService<IRoomStore>().ReadQueueAsync(_room.Id, default) is var stored ? stored.Select(t => t.Id) : [], now.Queue.Select(t => t.Id));
        return now.Queue;
    }
}

public sealed class DebounceOnSqliteTests() : DebounceTests(TestDatabase.Sqlite);

public sealed class DebounceOnPostgresTests() : DebounceTests(TestDatabase.PostgreSQL);
