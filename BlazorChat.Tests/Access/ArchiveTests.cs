using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Tests.Turns.Engine;

namespace BlazorChat.Tests.Access;

/// <summary>An archived room is read only: nothing is written, asked or answered there until its owners bring it back.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ArchiveTests
{
    private static readonly Author Webhook = new(AuthorKind.Service, "webhook", "Webhook");

    [Theory]
    [EveryDatabase]
    public async Task Nothing_in_it_changes_and_what_runs_or_waits_ends(TestDatabase database)
    {
        var host = await ChatHost.StartAsync(database, ["--Rooms:NewRooms=Private"]);
        var room = await host.RoomAsync("Plans");
        await host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        var question = await host.PostAsync(room, "First");
        var running = await host.Model.NextAsync();
        running.Say("Half an ans");
        var waiting = await host.PostAsync(room, "Second", ChatHost.Grace);
        using (var watch = await host.WatchAsync(room))
        {
            await watch.UntilAsync(s => s.Queue.Length == 1 && s.Running.Any(m => m.Live!.Frame.Parts.Length > 0));
            Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ArchiveAsync(ChatHost.Grace, room.Id, true, default)).Error?.Kind);
            Assert.NotNull((await host.Rooms.ArchiveAsync(ChatHost.Ada, room.Id, true, default)).Value.ArchivedAt);
            await running.Stopped.Soon();
            var state = await watch.UntilAsync(s => s.Queue.IsEmpty && !s.Running.Any());
            Assert.Equal(["First", "Half an ans", "Second"], state.Messages.Select(m => m.Message.Text).Order(StringComparer.Ordinal));
            Assert.Equal(new MessageStatus.Stopped("Ada"), state.Messages.Single(m => m.Message.Author.Kind == AuthorKind.Assistant).Message.Status);
            Assert.IsType<MessageStatus.Unanswered>(state.Find(waiting.Id)!.Message.Status);
        }

        host = await host.RestartAsync(settings: ["--Rooms:NewRooms=Private"]);
        await using (host)
        {
            var answer = (await host.Live.ReadAsync(ChatHost.Grace, room.Id, default)).Value.Messages.Single(m => m.Message.Author.Kind == AuthorKind.Assistant).Message;
            foreach (var person in new[] { ChatHost.Ada, ChatHost.Grace })
            {
                foreach (var error in new[]
                {
                    (await host.Rooms.PostAsync(person, room.Id, Guid.NewGuid(), "Third", default)).Error,
                    (await host.Rooms.ChangeAsync(person, room.Id, "Mine", null, null, default)).Error,
                    (await host.Rooms.EditAsync(person, room.Id, question.Id, "Changed", default)).Error,
                    (await host.Rooms.DeleteMessageAsync(person, room.Id, question.Id, default)).Error,
                    (await host.Rooms.ClearAsync(person, room.Id, default)).Error,
                    (await host.Responses.StopAsync(person, room.Id, null, default)).Error,
                    (await host.Responses.ContinueAsync(person, room.Id, answer.Id, default)).Error,
                    (await host.Responses.RegenerateAsync(person, room.Id, answer.Id, default)).Error,
                    (await host.Responses.AnswerAgainAsync(person, room.Id, waiting.Id, default)).Error,
                    (await host.Rooms.PostFromServerAsync(Webhook, room.Id, Guid.NewGuid(), "News", asksForResponse: true, default)).Error,
                })
                {
                    Assert.Equal(RoomErrors.Archived, error);
                }
            }

            // Who sees it is still its owners' to decide, and everybody may go.
            Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Viewer, default)).Error);
            Assert.Null((await host.Rooms.RemoveMemberAsync(ChatHost.Grace, room.Id, ChatHost.Grace.Id, default)).Error);
            Assert.Equal(RoomErrors.NoSuchRoom, (await host.Live.ReadAsync(ChatHost.Grace, room.Id, default)).Error);
            Assert.True((await host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == room.Id).Room.IsArchived);

            Assert.Null((await host.Rooms.ArchiveAsync(ChatHost.Ada, room.Id, false, default)).Value.ArchivedAt);
            await host.PostAsync(room, "Again");
            (await host.Model.NextAsync()).Finish("Yes");
        }
    }

    [Fact]
    public async Task An_answer_that_waits_for_approval_ends_and_its_call_never_runs()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        var (host, room) = (bench.Host, bench.Room);
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"it"}""").Finish();
        var waiting = await bench.PausedAsync();
        Assert.Null((await host.Rooms.ArchiveAsync(ChatHost.Ada, room.Id, true, default)).Error);
        var ended = (await bench.Watch.UntilAsync(s => s.Find(waiting.Id)!.Message.Status is MessageStatus.Stopped)).Find(waiting.Id)!.Message;
        Assert.Equal(ToolCallState.Failed, Assert.Single(ended.Calls).State);
        Assert.Equal(RoomErrors.Archived, (await bench.DecideAsync(ChatHost.Ada, waiting, "c1", yes: true)).Error);
        Assert.Null((await host.Rooms.ArchiveAsync(ChatHost.Ada, room.Id, false, default)).Error);
        Assert.NotNull((await bench.DecideAsync(ChatHost.Ada, waiting, "c1", yes: true)).Error);
        Assert.False(host.Model.WasAskedAgain);
    }
}
