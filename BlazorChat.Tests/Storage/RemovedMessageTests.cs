using System.Text.RegularExpressions;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

/// <summary>
/// A message whose acknowledgment was lost is sent again. If it has been removed meanwhile, in whatever way, it does not come back.
/// </summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class RemovedMessageTests
{
    private static readonly Guid ClientId = Guid.Parse("018f0000-0000-7000-8000-0000000000c1");

    [Theory]
    [EveryDatabase("clear")]
    [EveryDatabase("delete")]
    public async Task What_was_removed_is_not_posted_again_also_after_a_restart_and_at_the_limit_of_a_rate(string how, TestDatabase database)
    {
        var host = await ChatHost.StartAsync(database, ["--Rooms:KeepRemovedFor=00:00:00"]);
        try
        {
            var room = await host.RoomAsync();
            var posted = (await PostAsync(host, room)).Value;
            (await host.Model.NextAsync()).Finish("Hi");
            using (var watch = await host.WatchAsync(room))
            {
                await watch.EndedAsync();
            }

            if (how == "clear")
            {
                await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
            }
            else
            {
                Assert.Null((await host.Rooms.DeleteMessageAsync(ChatHost.Ada, room.Id, posted.Id, default)).Error);
            }

            Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room)).Error);
            host = await host.RestartAsync(settings: ["--Rooms:MessagesPerMinute=1", "--Rooms:MessageBurst=1"]);
            Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room)).Error);
            Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room)).Error);
            Assert.Equal(RoomErrors.TooFast, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Another", default)).Error);
            // The same id of somebody else is another message, and so is it in another room.
            Assert.Null((await PostAsync(host, room, ChatHost.Grace)).Error);
            await using var db = host.OpenDatabase();
            Assert.Equal(how == "clear" ? 1 : 2, await db.Messages.CountAsync(m => m.AuthorKind == AuthorKind.Person || m.Sequence < 3));
            Assert.False(await db.Turns.AnyAsync(t => t.RequestedByName == "Ada"));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task After_its_room_was_deleted_nothing_is_posted_and_no_id_is_left(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, ["--Rooms:KeepRemovedFor=00:00:00"]);
        var room = await host.RoomAsync();
        var cleared = (await PostAsync(host, room)).Value;
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        var other = Guid.NewGuid();
        await host.Rooms.PostAsync(ChatHost.Ada, room.Id, other, "Hello", default);
        Assert.Equal([cleared.Sequence], await SequencesAsync(host, room));
        await host.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default);
        // The page keeps the text, and offers it to its author.
        Assert.Equal(RoomErrors.NoSuchRoom, (await PostAsync(host, room)).Error);
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, other, "Hello", default)).Error);
        await using var db = host.OpenDatabase();
        Assert.Equal((0, 0, 0), (await db.Messages.CountAsync(), await db.Turns.CountAsync(), await db.RemovedMessages.CountAsync()));
        Assert.False(await db.Rooms.AnyAsync(r => r.Id == room.Id));
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_a_large_room_that_is_removed_in_slices_the_ids_of_the_newest_messages_are_kept(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, ["--Rooms:KeepRemovedFor=00:00:00"]);
        var room = await host.RoomAsync();
        const int Count = RoomLimits.RemovedIds + 700;
        var ids = await LargeRoom.FillAsync(host.OpenDatabase, room.Id, Count, ChatHost.Ada, TimeProvider.System.GetUtcNow());
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        await GoneAsync(host, room);
        Assert.Equal(Enumerable.Range(701, RoomLimits.RemovedIds).Select(s => (long)s), await SequencesAsync(host, room));
        Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room, clientId: ids[^1])).Error);
        Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room, clientId: ids[700])).Error);

        // More is not kept, however often a room is cleared.
        await LargeRoom.FillAsync(host.OpenDatabase, room.Id, 600, ChatHost.Ada, TimeProvider.System.GetUtcNow());
        await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        await GoneAsync(host, room);
        Assert.Equal(Enumerable.Range(1301, RoomLimits.RemovedIds).Select(s => (long)s), await SequencesAsync(host, room));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_message_that_was_dropped_as_one_of_the_oldest_is_not_posted_again(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, settings: ["--Rooms:MaxStoredMessages=100", "--Rooms:KeepRemovedFor=00:00:00"]);
        var room = await host.RoomAsync();
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        Assert.Null((await PostAsync(host, room)).Error);
        for (var i = 0; i < 100; i++)
        {
            await host.PostAsync(room, $"Message {i}");
        }

        Assert.Equal([1L], await SequencesAsync(host, room));
        Assert.Equal(RoomErrors.Removed, (await PostAsync(host, room)).Error);
        Assert.Equal(100, (await Store(host).FindAsync(room.Id, default))!.MessageCount);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_service_that_repeats_a_message_does_not_bring_it_back(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, ["--Rooms:KeepRemovedFor=00:00:00"]);
        var room = await host.RoomAsync();
        var desk = new Author(AuthorKind.Service, "desk", "Desk");
        Task<Result<Message>> SayAsync() => host.Rooms.PostFromServerAsync(desk, room.Id, ClientId, "An order", asksForResponse: false, default);
        var posted = (await SayAsync()).Value;
        Assert.Equal(posted.Id, (await SayAsync()).Value.Id);
        Assert.Null((await host.Rooms.DeleteMessageAsync(ChatHost.Ada, room.Id, posted.Id, default)).Error);
        Assert.Equal(RoomErrors.Removed, (await SayAsync()).Error);
    }

    [Theory]
    [EveryDatabase]
    public async Task An_id_is_kept_for_two_weeks_from_the_post_on_and_then_forgotten_by_itself(TestDatabase database)
    {
        var time = new FakeTimeProvider();
        await using var host = await ChatHost.StartAsync(database, b => b.Services.AddSingleton<TimeProvider>(time), ["--Rooms:KeepRemovedFor=00:00:00"]);
        var (kept, old, late) = (await host.RoomAsync("Kept"), await host.RoomAsync("Old"), await host.RoomAsync("Late"));
        foreach (var room in new[] { kept, old, late })
        {
            await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
            await PostAsync(host, room);
        }

        await PostedAsync(kept, RoomLimits.RemovedIdsTime - TimeSpan.FromHours(13));
        await PostedAsync(old, RoomLimits.RemovedIdsTime - TimeSpan.FromHours(11));
        // Who clears now what was posted too long ago to be sent again leaves no id.
        await PostedAsync(late, RoomLimits.RemovedIdsTime + TimeSpan.FromMilliseconds(1));
        foreach (var room in new[] { kept, old, late })
        {
            await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        }

        Assert.Equal((1, 1, 0), ((await SequencesAsync(host, kept)).Count, (await SequencesAsync(host, old)).Count, (await SequencesAsync(host, late)).Count));
        time.Advance(TimeSpan.FromHours(12));
        using var patience = new CancellationTokenSource(Guard.Patience);
        while ((await SequencesAsync(host, old)).Count > 0)
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.Equal(RoomErrors.Removed, (await PostAsync(host, kept)).Error);
        Assert.Null((await PostAsync(host, old)).Error);

        async Task PostedAsync(Room room, TimeSpan ago)
        {
            await using var db = host.OpenDatabase();
            var at = time.GetUtcNow() - ago;
            await db.Messages.Where(m => m.RoomId == room.Id).ExecuteUpdateAsync(m => m.SetProperty(r => r.CreatedAt, at));
        }
    }

    [Fact]
    public async Task Browsers_stop_sending_again_by_themselves_long_before_the_ids_are_forgotten()
    {
        var script = await File.ReadAllTextAsync(Repository.File("BlazorChat", "wwwroot", "js", "unsent.js"));
        var days = int.Parse(Regex.Match(script, @"const SAFE_DAYS = (?<days>\d+);", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["days"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(TimeSpan.FromDays(days), TimeSpan.FromDays(1), RoomLimits.RemovedIdsTime / 2);
    }

    [Theory]
    [EveryDatabase]
    public async Task Nothing_else_of_a_message_is_kept(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, ["--Rooms:KeepRemovedFor=00:00:00"]);
        await using var db = host.OpenDatabase();
        Assert.Equal(
            ["AuthorId", "ClientId", "PostedAt", "RoomId", "Sequence"],
            db.Model.FindEntityType(typeof(RemovedMessageRow))!.GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    private static Task<Result<Message>> PostAsync(ChatHost host, Room room, Person? by = null, Guid? clientId = null) =>
        host.Rooms.PostAsync(by ?? ChatHost.Ada, room.Id, clientId ?? ClientId, "Hello", default);

    private static async Task<List<long>> SequencesAsync(ChatHost host, Room room)
    {
        await using var db = host.OpenDatabase();
        return await db.RemovedMessages.Where(m => m.RoomId == room.Id).Select(m => m.Sequence).Order().ToListAsync();
    }

    private static async Task GoneAsync(ChatHost host, Room room)
    {
        await using var db = host.OpenDatabase();
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (await db.Messages.AnyAsync(m => m.RoomId == room.Id, patience.Token))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static IRoomStore Store(ChatHost host) => host.App.Services.GetRequiredService<IRoomStore>();
}
