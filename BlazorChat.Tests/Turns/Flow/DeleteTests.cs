using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A message that is deleted is gone everywhere, whatever goes on with it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class DeleteTests : FlowTests
{
    [Fact]
    public async Task It_is_gone_from_the_room_its_versions_records_blobs_search_and_later_prompts()
    {
        var response = await AskAsync("My secret is xyzzy", "I know xyzzy now");
        var question = Watch.Now.Messages[0].Message;
        await Host.Rooms.EditAsync(ChatHost.Ada, Room.Id, question.Id, "My secret is plugh", default);
        await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, response.Id, default);
        (await Model.NextAsync()).Finish("I know plugh now");
        await UntilAsync(s => s.Find(response.Id)!.Message.Versions == 2);
        var blob = await Host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(response.Id, new Blob("text/plain", "plugh"u8.ToArray()), default);
        Assert.NotEmpty((await Host.Responses.ReadSentAsync(ChatHost.Ada, Room.Id, response.Id, default)).Value);

        var linus = new Person(Guid.NewGuid(), "Linus");
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Rooms.DeleteMessageAsync(linus, Room.Id, question.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await Host.Rooms.DeleteMessageAsync(linus, Room.Id, Guid.NewGuid(), default)).Error?.Kind);
        foreach (var id in new[] { question.Id, response.Id })
        {
            Assert.Null((await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, id, default)).Error);
            Assert.Equal(RoomErrorKind.NotFound, (await Host.Live.ReadMessageAsync(ChatHost.Ada, Room.Id, id, default)).Error?.Kind);
            Assert.Equal(RoomErrorKind.NotFound, (await Host.Live.ReadVersionsAsync(ChatHost.Ada, Room.Id, id, default)).Error?.Kind);
        }

        Assert.Empty(Watch.Now.Messages);
        Assert.Equal(0, Watch.Now.Room.MessageCount);
        Assert.Equal(0, (await Host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == Room.Id).Room.MessageCount);
        Assert.NotNull((await Host.Rooms.ReadBlobAsync(ChatHost.Ada, Room.Id, blob!.Value, default)).Error);
        var store = Host.App.Services.GetRequiredService<IRoomStore>();
        Assert.Empty(await store.SearchAsync(Room.Id, 0, "plugh", 10, default));
        await using (var db = Host.OpenDatabase())
        {
            Assert.Empty(await db.Versions.ToListAsync());
            Assert.Empty(await db.Blobs.ToListAsync());
            Assert.Empty(await db.Steps.ToListAsync());
        }

        await Host.PostAsync(Room, "What is my secret?");
        var next = await Model.NextAsync();
        Assert.Equal(["Ada: What is my secret?"], next.Lines);
        next.Finish("I do not know");
        await Watch.EndedAsync();
    }

    [Fact]
    public async Task A_running_answer_that_is_deleted_ends_and_leaves_nothing()
    {
        await Host.PostAsync(Room, "Hello");
        var response = (await Model.NextAsync()).Say("Half");
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Parts.Length > 0));
        var id = Watch.Now.Running.Single().Message.Id;
        await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, id, default);
        await response.Stopped.Soon();
        await NothingIsLeftAsync();
        Assert.Single(Watch.Now.Messages);
        Assert.Equal(0, (await Host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == Room.Id).RunningResponses);
        Assert.Equal("Fine", (await AskAsync("Again", "Fine")).Text);
    }

    [Fact]
    public async Task An_answer_that_waits_for_people_and_a_question_that_waits_for_its_turn_can_be_deleted()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Send(Call("c", "asks")).Finish(reason: ChatFinishReason.ToolCalls);
        var waiting = (await UntilAsync(s => s.Messages.Any(m => m.Message.Status is MessageStatus.AwaitingPeople))).Messages[^1].Message;
        await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, waiting.Id, default);
        Assert.Equal(RoomErrorKind.NotFound, (await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, waiting.Id, "c", "{}", true, null, default)).Error?.Kind);
        await NothingIsLeftAsync();

        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        var queued = await Host.PostAsync(Room, "Never mind", ChatHost.Grace);
        await Host.Rooms.DeleteMessageAsync(ChatHost.Grace, Room.Id, queued.Id, default);
        Assert.Empty(Watch.Now.Queue);
        busy.Finish("ok");
        await Watch.EndedAsync();
        await NothingIsLeftAsync();
        Assert.Equal(2, Model.Requests);
        Assert.Empty(Runs);
    }

    [Fact]
    public async Task What_a_turn_was_sent_is_not_kept_when_something_in_it_was_deleted_meanwhile()
    {
        await AskAsync("My secret is xyzzy", "Aha");
        var secret = Watch.Now.Messages[0].Message.Id;
        await Host.PostAsync(Room, "And now?");
        var response = await Model.NextAsync();
        Assert.Contains(response.Lines, l => l.Contains("xyzzy", StringComparison.Ordinal));
        await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, secret, default);
        response.Send(Call("c", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        var second = await Model.NextAsync();
        Assert.DoesNotContain(second.Lines, l => l.Contains("xyzzy", StringComparison.Ordinal));
        second.Finish("Done");
        var ended = await Watch.EndedAsync(2);
        var kept = (await Host.Responses.ReadSentAsync(ChatHost.Ada, Room.Id, ended.Id, default)).Value;
        Assert.Equal([1], kept.Select(s => s.Step));
    }

    [Fact]
    public async Task Clearing_cancels_what_runs_continues_and_waits_and_nothing_comes_back()
    {
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Finish("Half", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default);
        var more = await Model.NextAsync();
        more.Say(" more").Send(Call("c", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        await Host.PostAsync(Room, "Two");
        await Host.PostAsync(Room, "Three", ChatHost.Grace);
        await Host.Rooms.ClearAsync(ChatHost.Ada, Room.Id, default);
        Slow.TrySetResult();
        await NothingIsLeftAsync();
        Assert.Empty(Watch.Now.Messages);
        Assert.Empty(Watch.Now.Queue);
        Assert.Empty(Watch.Now.Beyond);
        Assert.False(Model.WasAskedAgain);
        await using var db = Host.OpenDatabase();
        Assert.Empty(await db.MessagesOf(Room.Id).ToListAsync());
        // What its owners can bring back is at rest.
        Assert.All(await db.Messages.ToListAsync(), m => Assert.True(m.ToMessage().Status.IsEnded));
        Assert.False(await db.Steps.AnyAsync(s => db.MessagesOf(Room.Id).Any(m => m.Id == s.MessageId)));
    }
}
