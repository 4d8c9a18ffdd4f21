using System.Net;
using BlazorChat.Replies;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Storage.Postgres;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BlazorChat.Tests.Storage.Postgres;

/// <summary>One process writes, whatever becomes of its connections.</summary>
public sealed class PostgresLockTests : IAsyncLifetime
{
    private TestData _data = null!;

    public async Task InitializeAsync() => _data = await TestData.CreateAsync(TestDatabase.PostgreSQL);

    public async Task DisposeAsync() => await _data.DisposeAsync();

    [Fact]
    public async Task A_process_whose_database_was_emptied_ends()
    {
        await using var host = await ChatHost.StartAsync(_data);
        await _data.Server!.ExecuteAsync("""DELETE FROM "Ownership" """, _data.Name!);
        await _data.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_data.Name}'");
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stops = host.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task.Soon();
    }

    [Fact]
    public async Task Who_loses_the_locks_connection_ends_its_turns_and_goes_on_when_it_has_it_again()
    {
        await using var host = await ChatHost.StartAsync(_data, settings: [ChatHost.Listening, "--Replies:JournalInterval=00:00:00.010"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        var answer = await host.Model.NextAsync();
        answer.Say("Half a ");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));

        var other = await TakeFromItAsync();
        await answer.Stopped.Soon();
        await UntilAsync(async () => await StatusAsync(host, "/health/ready") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/live"));
        var refused = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Now", default);
        Assert.Equal(RefusalKind.Unavailable, refused.Refusal?.Kind);

        await other.DisposeAsync();
        Assert.Equal((MessageStatus.Interrupted.Instance, "Half a "), Told(await watch.EndedAsync()));
        await UntilAsync(async () => await StatusAsync(host, "/health/ready") == HttpStatusCode.OK);
        await host.PostAsync(room, "Again");
        (await host.Model.NextAsync()).Finish("Here");
        Assert.Equal("Here", (await watch.EndedAsync(2)).Text);
    }

    [Fact]
    public async Task An_answer_that_may_be_recovered_goes_on_after_the_lock_came_back()
    {
        await using var host = await ChatHost.StartAsync(_data);
        host.Responders.Change = static r => r with { Recovery = RecoveryMode.Continue };
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        var answer = await HalfAnAnswerAsync(host, room, watch);
        await TerminateAsync();
        await answer.Stopped.Soon();

        (await host.Model.NextAsync()).Finish("sentence");
        Assert.Equal((MessageStatus.Complete.Instance, "Half a sentence"), Told(await watch.EndedAsync()));
    }

    [Fact]
    public async Task An_answer_that_is_stopped_while_the_lock_is_lost_does_not_go_on_after_it_came_back()
    {
        await using var host = await ChatHost.StartAsync(_data);
        host.Responders.Change = static r => r with { Recovery = RecoveryMode.Continue };
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        var answer = await HalfAnAnswerAsync(host, room, watch);
        // Nobody can connect, so that it stays lost.
        await _data.Server!.ExecuteAsync($"ALTER DATABASE {_data.Name} ALLOW_CONNECTIONS false");
        await TerminateAsync();
        await answer.Stopped.Soon();
        Assert.Equal(1, (await host.Replies.StopAsync(ChatHost.Ada, room.Id, null, default)).Value);

        await _data.Server.ExecuteAsync($"ALTER DATABASE {_data.Name} ALLOW_CONNECTIONS true");
        Assert.Equal("Ada", Assert.IsType<MessageStatus.Stopped>((await watch.EndedAsync()).Status).By);
        Assert.False(host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task When_another_process_took_over_nothing_is_written_and_the_first_one_ends()
    {
        using var log = new LogCapture();
        await using var host = await ChatHost.StartAsync(_data, builder => builder.Logging.AddProvider(log));
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        var answer = await host.Model.NextAsync();

        // As if the first process were cut off from the network before it noticed.
        await ExecuteAsync("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1""");
        Assert.Equal(RefusalKind.Unavailable, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Now", default)).Refusal?.Kind);
        var stopping = new TaskCompletionSource();
        using var _ = host.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await TerminateAsync();
        await stopping.Task.Soon();
        await answer.Stopped.Soon();
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Critical && line.Text.Contains("another BlazorChat process", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2L, await ExecuteAsync("""SELECT count(*) FROM "Messages" """));
    }

    [Fact]
    public async Task A_process_that_starts_waits_for_the_transaction_of_the_one_before_and_stops_its_next()
    {
        await using var host = await ChatHost.StartAsync(_data);
        var database = host.App.Services.GetRequiredService<Database>();
        var (inside, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        var write = database.WriteAsync(async db =>
        {
            inside.SetResult();
            await leave.Task;
            return await Task.FromResult(0);
        }, default);
        await inside.Task.Soon();
        var count = ExecuteAsync("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1""");
        await UntilAsync(async () => (long)(await ExecuteAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"))! > 0);
        Assert.False(count.IsCompleted);
        leave.SetResult();
        await write.Soon();
        await count.Soon();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => database.WriteAsync(_ => Task.FromResult(0), default));
    }

    [Fact]
    public async Task A_stopped_process_lets_go_at_once_and_the_keys_that_sign_cookies_are_in_the_database()
    {
        string secret;
        await using (var host = await ChatHost.StartAsync(_data))
        {
            secret = Protector(host).Protect("who");
        }

        Assert.Empty(Directory.GetFileSystemEntries(_data.Folder));
        await using var again = await ChatHost.StartAsync(_data);
        Assert.Equal("who", Protector(again).Unprotect(secret));
        Assert.Equal(1L, await ExecuteAsync("""SELECT count(*) FROM "DataProtectionKeys" """));

        static IDataProtector Protector(ChatHost host) =>
            host.App.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    private static async Task<FakeAnswer> HalfAnAnswerAsync(ChatHost host, Room room, RoomWatch watch)
    {
        await host.PostAsync(room, "Hello");
        var answer = await host.Model.NextAsync();
        answer.Say("Half a ");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        return answer;
    }

    private Task<object?> ExecuteAsync(string sql) => _data.Server!.ExecuteAsync(sql, _data.Name!);

    private Task<object?> TerminateAsync() =>
        _data.Server!.ExecuteAsync($"SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted AND d.datname = '{_data.Name}'");

    /// <summary>Takes the lock from the application in another session, which counts no epoch on: as a server that is not back yet.</summary>
    /// <returns>Disposed, it lets go.</returns>
    private async Task<NpgsqlConnection> TakeFromItAsync()
    {
        var other = new NpgsqlConnection(_data.Server!.AdministratorsConnectionString(_data.Name!) + ";Pooling=false");
        await other.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({PostgresLock.Key})", other);
        var taken = command.ExecuteScalarAsync();
        await UntilAsync(async () => (long)(await ExecuteAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))! > 0);
        await TerminateAsync();
        await taken.Soon();
        return other;
    }

    private static (MessageStatus Status, string Text) Told(Message message) => (message.Status, message.Text);

    private static async Task<HttpStatusCode> StatusAsync(ChatHost host, string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()) };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
