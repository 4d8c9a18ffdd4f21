using System.Collections.Concurrent;
using BlazorChat.Outbox;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Outbox;

/// <summary>What happens in rooms reaches its consumers, whatever crashes or fails, and stays no longer than it is needed.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class OutboxTests
{
    [Theory]
    [EveryDatabase]
    public async Task A_consumer_gets_what_happened_in_order_and_what_all_have_taken_is_removed(TestDatabase database)
    {
        var consumer = new Consumer("audit");
        await using var host = await StartAsync(database, consumer);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        (await host.Model.NextAsync()).Finish("Hi");
        var entries = await consumer.UntilAsync("ResponseEnded");
        Assert.Equal(["MessagePosted", "TurnQueued", "ResponseStarted", "ResponseEnded"], entries.Select(e => e.Kind));
        Assert.Equal([1, 2, 3, 4], entries.Select(e => e.Number));
        Assert.All(entries, e => Assert.Equal(room.Id, e.RoomId));
        Assert.Equal(entries[2].SubjectId, entries[3].SubjectId);
        await host.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default);
        await consumer.UntilAsync("RoomDeleted");
        await EmptyAsync(host);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_was_not_taken_before_a_crash_comes_after_the_next_start(TestDatabase database)
    {
        var consumer = new Consumer("audit") { Failure = new InvalidOperationException("away") };
        var host = await StartAsync(database, consumer);
        var room = await host.RoomAsync();
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, "First", null, null, default);
        await consumer.Failed.Soon();

        var restarted = new Consumer("audit");
        await using var again = await host.RestartAsync(b => b.Services.AddSingleton<IRoomEventConsumer>(restarted));
        Assert.Equal(["RoomChanged"], (await restarted.UntilAsync("RoomChanged")).Select(e => e.Kind));
    }

    [Fact]
    public async Task One_that_fails_holds_up_no_other_and_keeps_what_it_has_not_taken()
    {
        var (broken, sound) = (new Consumer("broken") { Failure = new InvalidOperationException("away") }, new Consumer("sound"));
        await using var host = await StartAsync(TestDatabase.Sqlite, broken, sound);
        var room = await host.RoomAsync();
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, "First", null, null, default);
        await sound.UntilAsync("RoomChanged");
        await broken.Failed.Soon();
        await using var db = host.OpenDatabase();
        Assert.Equal("RoomChanged", (await db.Outbox.SingleAsync()).Kind);
    }

    [Theory]
    [EveryDatabase]
    public async Task Many_events_of_one_change_keep_their_order(TestDatabase database)
    {
        var consumer = new Consumer("audit");
        await using var host = await ChatHost.StartAsync(
            database, builder => builder.Services.AddSingleton<IRoomEventConsumer>(consumer), ["--Turns:MaxRunningTurns=1"]);
        var busy = await host.RoomAsync("Busy");
        await host.PostAsync(busy, "Hello");
        await host.Model.NextAsync();
        var room = await host.RoomAsync("Waiting");
        // One person takes only a share of the queue.
        var people = Enumerable.Range(0, 5).Select(i => new Person(Guid.NewGuid(), $"Person {i}")).ToList();
        for (var i = 0; i < RoomLimits.QueueLength; i++)
        {
            await host.PostAsync(room, $"Question {i}", people[i % people.Count]);
        }

        Assert.Equal(RoomLimits.QueueLength, (await host.Responses.StopAsync(ChatHost.Ada, room.Id, null, default)).Value);
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        var entries = (await consumer.UntilAsync("RoomCleared")).Where(e => e.RoomId == room.Id).ToList();
        Assert.Equal(Enumerable.Range(1, (4 * RoomLimits.QueueLength) + 1).Select(n => (long)n), entries.Select(e => e.Number));
    }

    [Fact]
    public async Task What_was_refused_leaves_no_trace()
    {
        var consumer = new Consumer("audit");
        await using var host = await StartAsync(TestDatabase.Sqlite, consumer);
        var room = await host.RoomAsync("Plans");
        var other = await host.RoomAsync("Other");
        Assert.Equal(RoomErrors.LastOwner, (await host.Rooms.RemoveMemberAsync(ChatHost.Ada, other.Id, ChatHost.Ada.Id, default)).Error);
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        Assert.Equal(["RoomCleared"], (await consumer.UntilAsync("RoomCleared")).Select(e => e.Kind));
        await using var db = host.OpenDatabase();
        Assert.Equal(0, (await db.Rooms.SingleAsync(r => r.Id == other.Id)).LastEvent);
    }

    [Fact]
    public async Task A_consumer_that_hangs_holds_up_no_other()
    {
        var (hanging, sound) = (new Consumer("hanging") { Hangs = true }, new Consumer("sound"));
        await using var host = await StartAsync(TestDatabase.Sqlite, hanging, sound);
        var room = await host.RoomAsync();
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, "First", null, null, default);
        await hanging.Failed.Soon();
        await sound.UntilAsync("RoomChanged");
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        await sound.UntilAsync("RoomCleared");
    }

    private static Task<ChatHost> StartAsync(TestDatabase database, params Consumer[] consumers) => ChatHost.StartAsync(
        database,
        builder =>
        {
            foreach (var consumer in consumers)
            {
                builder.Services.AddSingleton<IRoomEventConsumer>(consumer);
            }
        },
        []);

    private static async Task EmptyAsync(ChatHost host)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var db = host.OpenDatabase();
            if (!await db.Outbox.AnyAsync())
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(end) < Guard.Patience, "The outbox was not emptied.");
            await Task.Yield();
        }
    }

    private sealed class Consumer(string name) : IRoomEventConsumer
    {
        private readonly ConcurrentQueue<OutboxEntry> _taken = new();
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        public Exception? Failure { get; init; }

        public bool Hangs { get; init; }

        public Task Failed => _failed.Task;

        public Task ConsumeAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                _failed.TrySetResult();
                throw Failure;
            }

            if (Hangs)
            {
                _failed.TrySetResult();
                return Task.Delay(Timeout.Infinite, cancellationToken);
            }

            foreach (var entry in entries)
            {
                _taken.Enqueue(entry);
            }

            Interlocked.Exchange(ref _more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            return Task.CompletedTask;
        }

        public async Task<IReadOnlyList<OutboxEntry>> UntilAsync(string kind)
        {
            while (true)
            {
                var next = Volatile.Read(ref _more).Task;
                if (_taken.Any(e => e.Kind == kind))
                {
                    return [.. _taken];
                }

                await next.Soon();
            }
        }
    }
}
