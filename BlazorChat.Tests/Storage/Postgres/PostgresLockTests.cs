using System.Net;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Kernels;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Storage.Postgres;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace BlazorChat.Tests.Storage.Postgres;

/// <summary>One process writes, whatever becomes of its connections.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class PostgresLockTests : IAsyncLifetime
{
    /// <summary>The server process whose client holds the lock.</summary>
    private const string Holder = "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()";

    /// <summary>The transaction that wrote the epoch last.</summary>
    private const string LastWrite = """SELECT xmin::text FROM "Ownership" """;

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
        await using var host = await ChatHost.StartAsync(_data, settings: [ChatHost.Listening, "--Turns:JournalInterval=00:00:00.010"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        response.Say("Half a ");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));

        var other = await TakeFromItAsync();
        await response.Stopped.Soon();
        var written = await ExecuteAsync(LastWrite);
        await UntilAsync(async () => await StatusAsync(host, "/health/ready") == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/live"));
        // Who looks whether it can write must not do so either.
        await Assert.ThrowsAsync<StorageUnavailableException>(() => ProbeAsync(host));
        Assert.Equal(written, await ExecuteAsync(LastWrite));
        var refused = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Now", default);
        Assert.Equal(RoomErrorKind.Unavailable, refused.Error?.Kind);

        await other.DisposeAsync();
        Assert.Equal((MessageStatus.Interrupted.Instance, "Half a "), Told(await watch.EndedAsync()));
        await UntilAsync(async () => await StatusAsync(host, "/health/ready") == HttpStatusCode.OK);
        await host.PostAsync(room, "Again");
        (await host.Model.NextAsync()).Finish("Here");
        Assert.Equal("Here", (await watch.EndedAsync(2)).Text);
    }

    [Fact]
    public async Task Nothing_is_written_before_what_ran_at_the_loss_has_let_go()
    {
        var (began, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = TurnBench.Tool("slow", async () =>
        {
            began.SetResult();
            await finish.Task;
            return "late";
        });
        await using var host = await ChatHost.StartAsync(_data, builder => builder.Services.AddSingleton(slow));
        var (first, second) = (await host.RoomAsync("First"), await host.RoomAsync("Second"));
        using var firstWatch = await host.WatchAsync(first);
        using var secondWatch = await host.WatchAsync(second);
        // In one room a tool does not heed its end, in the other one the model.
        await host.PostAsync(first, "Go");
        (await host.Model.NextAsync()).Call("c1", "slow").Finish();
        await began.Task.Soon();
        host.Assistants.Change = r => r with { Kernel = AssistantKernel.Create(new HeedlessClient(host.Model)) };
        var response = await HalfAnAnswerAsync(host, second, secondWatch);

        var before = await ExecuteAsync(Holder);
        await TerminateAsync();
        await UntilAsync(async () => await ExecuteAsync(Holder) is int holder && holder != (int)before!);
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync(host));
            await Task.Delay(10);
        }

        // The tool is left to itself: nobody waits for it, and its result is nobody's.
        finish.SetResult();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync(host));
        response.Fail(new OperationCanceledException());
        await UntilAsync(async () => await Record.ExceptionAsync(() => WriteAsync(host)) is null);
        Assert.Equal((MessageStatus.Interrupted.Instance, "Half a "), Told(await secondWatch.EndedAsync()));
        var call = Assert.Single((await firstWatch.EndedAsync()).Calls);
        Assert.Equal((ToolCallState.Failed, "Not finished: the answer ended first."), (call.State, call.Result));
    }

    [Fact]
    public async Task What_never_lets_go_is_waited_for_within_bounds()
    {
        await using (var db = _data.Open())
        {
            await db.Database.MigrateAsync();
        }

        using var log = new LogCapture();
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        var time = new FakeTimeProvider();
        await using var held = new PostgresLock(
            _data.Server!.ConnectionString(_data.Name!) + ";Pooling=false", [new EndlessObserver()],
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), time, logs.CreateLogger<PostgresLock>());
        await held.TakeAsync(default);
        held.Watch(0);
        await TerminateAsync();
        var waits = time.WaitForTimerAsync(due => due == PostgresLock.EndWithin);
        while (!waits.IsCompleted)
        {
            // The server may not have let go of it at once.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.False(held.IsHeld);
        time.Advance(PostgresLock.EndWithin);
        await UntilAsync(() => Task.FromResult(held.IsHeld));
        Assert.Contains(log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("did not end within", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_may_be_recovered_goes_on_after_the_lock_came_back()
    {
        await using var host = await ChatHost.StartAsync(_data);
        host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        var response = await HalfAnAnswerAsync(host, room, watch);
        await TerminateAsync();
        await response.Stopped.Soon();

        (await host.Model.NextAsync()).Finish("sentence");
        Assert.Equal((MessageStatus.Complete.Instance, "Half a sentence"), Told(await watch.EndedAsync()));
    }

    [Fact]
    public async Task An_answer_that_is_stopped_while_the_lock_is_lost_does_not_go_on_after_it_came_back()
    {
        await using var host = await ChatHost.StartAsync(_data);
        host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        var response = await HalfAnAnswerAsync(host, room, watch);
        // Nobody can connect, so that it stays lost.
        await _data.Server!.ExecuteAsync($"ALTER DATABASE {_data.Name} ALLOW_CONNECTIONS false");
        await TerminateAsync();
        await response.Stopped.Soon();
        Assert.Equal(1, (await host.Responses.StopAsync(ChatHost.Ada, room.Id, null, default)).Value);

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
        var response = await host.Model.NextAsync();

        // As if the first process were cut off from the network before it noticed.
        await ExecuteAsync("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1""");
        Assert.Equal(RoomErrorKind.Unavailable, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Now", default)).Error?.Kind);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => ProbeAsync(host));
        var stopping = new TaskCompletionSource();
        using var _ = host.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await TerminateAsync();
        await stopping.Task.Soon();
        await response.Stopped.Soon();
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
        await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync(host));
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
        var response = await host.Model.NextAsync();
        response.Say("Half a ");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        return response;
    }

    private static Task<int> WriteAsync(ChatHost host) => host.App.Services.GetRequiredService<Database>().WriteAsync(_ => Task.FromResult(0), default);

    private static Task ProbeAsync(ChatHost host) => host.App.Services.GetRequiredService<Database>().ProbeAsync(Guard.Patience, default);

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

    /// <summary>Something that never ends.</summary>
    private sealed class EndlessObserver : IStorageObserver
    {
        public void OnStorageLost()
        {
        }

        public Task UntilEndedAsync() => new TaskCompletionSource().Task;

        public void OnStorageBack()
        {
        }
    }

    /// <summary>A model that nobody can stop.</summary>
    private sealed class HeedlessClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, options, CancellationToken.None);
    }
}
