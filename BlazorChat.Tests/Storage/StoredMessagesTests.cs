using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

/// <summary>A room keeps its newest messages, with what belongs to them.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class StoredMessagesTests
{
    [Theory]
    [EveryDatabase]
    public async Task Past_the_bound_the_oldest_go_with_what_belongs_to_them_and_the_count_is_right(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, settings: ["--Rooms:MaxStoredMessages=100"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "First");
        (await host.Model.NextAsync()).Finish("Answer");
        var response = await watch.EndedAsync();
        await host.Responses.RegenerateAsync(ChatHost.Ada, room.Id, response.Id, default);
        (await host.Model.NextAsync()).Finish("Another");
        await watch.UntilAsync(s => s.Find(response.Id)!.Message.Text == "Another");
        await host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(response.Id, new Blob("text/plain", "x"u8.ToArray()), default);
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 110; i++)
        {
            await host.PostAsync(room, $"Message {i}");
        }

        Assert.Equal(100, watch.Now.Room.MessageCount);
        Assert.Equal(100, (await host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == room.Id).Room.MessageCount);
        await using var db = host.OpenDatabase();
        Assert.Equal(100, (await db.Rooms.SingleAsync(r => r.Id == room.Id)).MessageCount);
        Assert.Equal(Enumerable.Range(13, 100).Select(i => (long)i), await db.Messages.OrderBy(m => m.Sequence).Select(m => m.Sequence).ToListAsync());
        Assert.Empty(await db.Versions.ToListAsync());
        Assert.Empty(await db.Blobs.ToListAsync());
        Assert.Empty(await db.Steps.ToListAsync());
    }

    [Theory]
    [EveryDatabase]
    public async Task One_that_runs_is_never_dropped(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, settings: ["--Rooms:MaxStoredMessages=100"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "First");
        var response = (await host.Model.NextAsync()).Say("Still ");
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 120; i++)
        {
            await host.PostAsync(room, $"Message {i}");
        }

        var id = watch.Now.Running.Single().Message.Id;
        response.Finish("here");
        await watch.UntilAsync(s => !s.Running.Any());
        Assert.Equal("Still here", (await host.Live.ReadMessageAsync(ChatHost.Ada, room.Id, id, default)).Value.Message.Text);
        await using var db = host.OpenDatabase();
        Assert.Equal(101, await db.Messages.CountAsync());
        Assert.Equal(101, (await db.Rooms.SingleAsync(r => r.Id == room.Id)).MessageCount);
        await host.PostAsync(room, "One more");
        Assert.Equal(100, await db.Messages.CountAsync());
    }

    [Theory]
    [EveryDatabase]
    public async Task One_that_waits_to_be_written_again_is_not_dropped_with_its_turn(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, settings: ["--Rooms:MaxStoredMessages=100"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "First");
        (await host.Model.NextAsync()).Finish("One");
        var first = await watch.EndedAsync();
        await host.PostAsync(room, "Second");
        var running = await host.Model.NextAsync();
        Assert.Null((await host.Responses.RegenerateAsync(ChatHost.Ada, room.Id, first.Id, default)).Error);
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 120; i++)
        {
            await host.PostAsync(room, $"Message {i}");
        }

        Assert.Equal(first.Id, Assert.Single(watch.Now.Queue).MessageId);
        running.Finish("Two");
        (await host.Model.NextAsync()).Finish("Another");
        await watch.UntilAsync(s => s.Queue.IsEmpty && !s.Running.Any());
        Assert.Equal("Another", (await host.Live.ReadMessageAsync(ChatHost.Ada, room.Id, first.Id, default)).Value.Message.Text);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_models_were_sent_is_kept_for_the_newest_answers_only(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var (room, other) = (await host.RoomAsync(), await host.RoomAsync("Other"));
        using var watch = await host.WatchAsync(room);
        using var otherWatch = await host.WatchAsync(other);
        await host.PostAsync(other, "Elsewhere");
        (await host.Model.NextAsync()).Finish("Kept");
        var elsewhere = await otherWatch.EndedAsync();
        var responses = new List<Message>();
        foreach (var jump in new[] { 0, RoomLimits.RecordedMessages - 4, 2 })
        {
            await using (var db = host.OpenDatabase())
            {
                await db.Rooms.Where(r => r.Id == room.Id).ExecuteUpdateAsync(r => r.SetProperty(x => x.LastSequence, x => x.LastSequence + jump));
            }

            await host.PostAsync(room, "Hello");
            (await host.Model.NextAsync()).Finish("Hi");
            responses.Add(await watch.EndedAsync(responses.Count + 1));
            var kept = (await host.Responses.ReadSentAsync(ChatHost.Ada, room.Id, responses[0].Id, default)).Value;
            Assert.Equal(responses.Count < 3 ? 1 : 0, kept.Count);
        }

        Assert.Single((await host.Responses.ReadSentAsync(ChatHost.Ada, room.Id, responses[1].Id, default)).Value);
        Assert.Single((await host.Responses.ReadSentAsync(ChatHost.Ada, other.Id, elsewhere.Id, default)).Value);
    }
}
