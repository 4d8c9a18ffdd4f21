using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Rooms;

/// <summary>What was cleared or deleted is hidden from everybody, comes back as it was within its time, and is gone for good after that.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class BringBackTests
{
    private static readonly Person Bella = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    [Theory]
    [EveryDatabase]
    public async Task Cleared_messages_come_back_in_their_places_on_open_pages_too(TestDatabase database)
    {
        await using var host = await StartAsync(database);
        var room = await QuietRoomAsync(host);
        var posted = Guid.NewGuid();
        var first = (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, posted, "Hello the first time", default)).Value;
        var second = await host.PostAsync(room, "Hello the second time", Bella);
        using var watch = await host.WatchAsync(room, Bella);
        Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error);
        await watch.UntilAsync(s => s is { Messages.IsEmpty: true, IsClearKept: true, Room.MessageCount: 0 });
        var third = await host.PostAsync(room, "Hello the third time");

        await HiddenAsync(host, room.Id, first);
        Assert.Equal(RoomErrors.Removed, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, posted, "Hello the first time", default)).Error);
        Assert.Equal((room.Id, false, "Ada"), (await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value.Select(r => (r.RoomId, r.IsRoom, r.By)).Single());
        Assert.Empty((await host.Rooms.ListRemovedAsync(Bella, default)).Value);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.BringBackAsync(Bella, room.Id, default)).Error?.Kind);

        Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
        var seen = await watch.UntilAsync(s => s.Messages.Length == 3);
        Assert.Equal([first.Id, second.Id, third.Id], seen.Messages.Select(m => m.Message.Id));
        Assert.Equal((3, null, false), (seen.Room.MessageCount, seen.ClearedBy, seen.IsClearKept));
        Assert.Equal(3, host.Rooms.Rooms.Single(r => r.Room.Id == room.Id).Room.MessageCount);
        Assert.Equal([first.Id, second.Id, third.Id], (await Store(host).ReadPageAsync(room.Id, null, 50, default)).Messages.Select(m => m.Id));
        Assert.Equal(first.Id, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, posted, "Hello the first time", default)).Value.Id);
        Assert.Equal(RoomErrorKind.Conflict, (await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error?.Kind);
        Assert.Empty((await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value);
        await using var db = host.OpenDatabase();
        Assert.Equal((3, 0L), await db.Rooms.Where(r => r.Id == room.Id).Select(r => new ValueTuple<int, long>(r.MessageCount, r.ClearedThrough)).SingleAsync());
    }

    [Fact]
    public async Task What_was_cleared_twice_comes_back_step_by_step()
    {
        await using var host = await StartAsync();
        var room = await QuietRoomAsync(host);
        List<Message> posted = [];
        for (var i = 0; i < 3; i++)
        {
            posted.Add(await host.PostAsync(room, $"Message {i}"));
            Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error);
        }

        // With nothing in it, there is nothing to keep.
        Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error);
        for (var i = 2; i >= 0; i--)
        {
            Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
            Assert.Equal(posted[i..].Select(m => m.Id), (await Store(host).ReadPageAsync(room.Id, null, 50, default)).Messages.Select(m => m.Id));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task A_deleted_room_comes_back_with_everybody_and_everything_in_it_after_a_restart_too(TestDatabase database)
    {
        var host = await StartAsync(database, "--Rooms:NewRooms=Private");
        try
        {
            var room = await QuietRoomAsync(host);
            Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, Bella.Id, RoomRole.Member, default)).Error);
            var message = await host.PostAsync(room, "Hello");
            var invite = (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Member, TimeSpan.FromDays(1), 1, default)).Value;
            using (var watch = await host.WatchAsync(room, Bella))
            {
                Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default)).Error);
                await watch.UntilAsync(s => s is { DeletedBy.Name: "Ada", Messages.IsEmpty: true });
            }

            await GoneAsync();
            host = await host.RestartAsync(settings: ["--Rooms:NewRooms=Private"]);
            await GoneAsync();
            Assert.Equal((room.Id, room.Name, true), (await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value.Select(r => (r.RoomId, r.Name, r.IsRoom)).Single());

            Assert.Equal(room.Name, (await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Value.Name);
            Assert.Contains((await host.Rooms.ListRoomsAsync(Bella, default)).Value, r => r.Room.Id == room.Id && r.Room.MessageCount == 1);
            Assert.Equal(message.Id, Assert.Single((await host.Live.ReadAsync(Bella, room.Id, default)).Value.Messages).Message.Id);
            Assert.Equal([("Ada", RoomRole.Owner), ("Bella", RoomRole.Member)], (await host.Rooms.ReadMembersAsync(Bella, room.Id, default)).Value.Select(m => (m.Name, m.Member.Role)));
            Assert.Null((await host.Rooms.UseInviteAsync(ChatHost.Grace, invite.Token, default)).Error);
            using var again = await host.WatchAsync(room, Bella);
            await host.PostAsync(room, "And on", Bella);
            await again.UntilAsync(s => s.Messages.Length == 2);

            async Task GoneAsync()
            {
                Assert.DoesNotContain((await host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value, r => r.Room.Id == room.Id);
                Assert.Equal(RoomErrorKind.NotFound, (await host.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Error?.Kind);
                Assert.Equal(RoomErrorKind.NotFound, (await host.Rooms.PostAsync(Bella, room.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);
                Assert.Equal(RoomErrors.NoSuchInvite, (await host.Rooms.UseInviteAsync(ChatHost.Grace, invite.Token, default)).Error);
                // For everybody else it is as if there had never been one.
                foreach (var other in new[] { Bella, ChatHost.Grace })
                {
                    Assert.Empty((await host.Rooms.ListRemovedAsync(other, default)).Value);
                    Assert.Equal(RoomErrors.NoSuchRoom, (await host.Rooms.BringBackAsync(other, room.Id, default)).Error);
                    Assert.Equal(RoomErrors.NoSuchRoom, (await host.Rooms.RemoveForGoodAsync(other, room.Id, default)).Error);
                }

                await HiddenAsync(host, room.Id, message);
            }
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task When_the_time_is_over_it_is_gone_for_good(TestDatabase database)
    {
        var time = new FakeTimeProvider();
        time.SetUtcNow(TimeProvider.System.GetUtcNow());
        await using var host = await StartAsync(database, time);
        var (cleared, deleted) = (await QuietRoomAsync(host, "Cleared"), await QuietRoomAsync(host, "Deleted"));
        await host.PostAsync(cleared, "Hello");
        await host.PostAsync(deleted, "Hello");
        Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, cleared.Id, default)).Error);
        Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Ada, deleted.Id, default)).Error);
        time.Advance(TimeSpan.FromDays(29));
        await host.PostAsync(cleared, "Hello again");
        Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, cleared.Id, default)).Error);
        Assert.Equal(2, (await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value.Length);

        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(RoomErrorKind.Conflict, (await host.Rooms.BringBackAsync(ChatHost.Ada, deleted.Id, default)).Error?.Kind);
        await UntilAsync(host, async db => !await db.Rooms.AnyAsync(r => r.Id == deleted.Id) && await db.Messages.CountAsync() == 1);
        // What was cleared later has a day each.
        Assert.Equal([cleared.Id], (await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value.Select(r => r.RoomId));
        Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Ada, cleared.Id, default)).Error);
        Assert.Equal(["Hello again"], (await Store(host).ReadPageAsync(cleared.Id, null, 50, default)).Messages.Select(m => m.Text));
        Assert.Equal(RoomErrorKind.Conflict, (await host.Rooms.BringBackAsync(ChatHost.Ada, cleared.Id, default)).Error?.Kind);
    }

    [Fact]
    public async Task Owners_can_give_it_up_before()
    {
        await using var host = await StartAsync();
        var (cleared, deleted) = (await QuietRoomAsync(host, "Cleared"), await QuietRoomAsync(host, "Deleted"));
        await host.PostAsync(cleared, "Hello");
        await host.PostAsync(deleted, "Hello");
        await host.Rooms.ClearAsync(ChatHost.Ada, cleared.Id, default);
        await host.Rooms.DeleteAsync(ChatHost.Ada, deleted.Id, default);
        Assert.Null((await host.Rooms.RemoveForGoodAsync(ChatHost.Ada, cleared.Id, default)).Error);
        Assert.Null((await host.Rooms.RemoveForGoodAsync(ChatHost.Ada, deleted.Id, default)).Error);
        await UntilAsync(host, async db => !await db.Messages.AnyAsync() && !await db.Rooms.AnyAsync(r => r.Id == deleted.Id) && !await db.RoomRemovals.AnyAsync());
        Assert.Empty((await host.Rooms.ListRemovedAsync(ChatHost.Ada, default)).Value);
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Rooms.BringBackAsync(ChatHost.Ada, deleted.Id, default)).Error);
        Assert.Equal(RoomErrorKind.Conflict, (await host.Rooms.BringBackAsync(ChatHost.Ada, cleared.Id, default)).Error?.Kind);
        Assert.NotNull(await Store(host).FindAsync(cleared.Id, default));
    }

    [Fact]
    public async Task An_answer_that_was_being_written_comes_back_interrupted_with_what_it_had()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Turns:JournalInterval=00:00:00.020"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        response.Say("Half of it ");
        await UntilAsync(host, db => db.Journal.AnyAsync());
        Assert.Null((await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error);
        await response.Stopped.Soon();
        await watch.UntilAsync(s => s.Messages.IsEmpty);

        Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
        var seen = await watch.UntilAsync(s => s.Messages.Length == 2);
        Assert.Equal((MessageStatus.Interrupted.Instance, "Half of it "), (seen.Messages[1].Message.Status, seen.Messages[1].Message.Text));
        await host.PostAsync(room, "Again");
        var next = await host.Model.NextAsync();
        Assert.Contains("Ada: Hello", next.Lines);
        next.Finish("Whole");
        await watch.UntilAsync(s => s.Messages.Length == 4 && s.Messages.All(m => m.Message.Status.IsEnded));
    }

    [Theory]
    [EveryDatabase]
    public async Task Messages_of_somebody_who_is_deleted_go_at_once_also_where_they_wait(TestDatabase database)
    {
        await using var host = await StartAsync(database);
        await host.AddPersonAsync(new Person(Guid.NewGuid(), "Olga"), Standing.Administrator);
        var olga = new Person(host.App.Services.GetRequiredService<PeopleDirectory>().FindByName("Olga")!.Value, "Olga");
        var (cleared, deleted) = (await QuietRoomAsync(host, "Cleared"), await QuietRoomAsync(host, "Deleted"));
        foreach (var room in new[] { cleared, deleted })
        {
            await host.PostAsync(room, "Mine", Bella);
            await host.PostAsync(room, "Hers");
        }

        await host.Rooms.ClearAsync(ChatHost.Ada, cleared.Id, default);
        await host.Rooms.DeleteAsync(ChatHost.Ada, deleted.Id, default);
        await using (var scope = host.App.Services.CreateAsyncScope())
        {
            Assert.Null(await scope.ServiceProvider.GetRequiredService<AccountDeletion>().DeleteOtherAsync(olga, Bella.Id, MessagesOfDeleted.Remove, default));
        }

        await UntilAsync(host, async db => await db.Messages.CountAsync() == 2 && !await db.People.AnyAsync(p => p.Messages != MessagesOfDeleted.None));
        foreach (var room in new[] { cleared, deleted })
        {
            Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
            Assert.Equal(["Hers"], (await Store(host).ReadPageAsync(room.Id, null, 50, default)).Messages.Select(m => m.Text));
            Assert.Equal(1, (await Store(host).FindAsync(room.Id, default))!.MessageCount);
        }
    }

    private static async Task HiddenAsync(ChatHost host, Guid roomId, Message message)
    {
        var store = Store(host);
        Assert.DoesNotContain((await store.ReadPageAsync(roomId, null, 50, default)).Messages, m => m.Id == message.Id);
        Assert.DoesNotContain(await store.ReadFirstAsync(roomId, 0, 50, default), m => m.Id == message.Id);
        Assert.DoesNotContain(await store.SearchAsync(roomId, 0, message.Text, 50, default), m => m.Id == message.Id);
        Assert.Null(await store.FindMessageAsync(roomId, message.Id, default));
    }

    private static Task<ChatHost> StartAsync(TestDatabase database = TestDatabase.Sqlite, params string[] settings) => StartAsync(database, null, settings);

    private static async Task<ChatHost> StartAsync(TestDatabase database, FakeTimeProvider? time, params string[] settings)
    {
        var host = await ChatHost.StartAsync(database, b =>
        {
            if (time is not null)
            {
                b.Services.AddSingleton<TimeProvider>(time);
            }
        }, settings);
        await host.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        await host.AddPersonAsync(ChatHost.Grace, Standing.Registered);
        await host.AddPersonAsync(Bella, Standing.Registered);
        return host;
    }

    private static async Task<Room> QuietRoomAsync(ChatHost host, string name = "Room")
    {
        var room = await host.RoomAsync(name);
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        return room;
    }

    private static IRoomStore Store(ChatHost host) => host.App.Services.GetRequiredService<IRoomStore>();

    private static async Task UntilAsync(ChatHost host, Func<ChatDbContext, Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Guard.Patience);
        await using var db = host.OpenDatabase();
        while (!await condition(db))
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
