using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Access;

/// <summary>The rights on turns as a room has them: who changes them, what is refused, what is recorded, and that they are stored.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TurnRightsTests
{
    [Theory]
    [EveryDatabase]
    public async Task Owners_change_them_and_nobody_else_and_they_outlive_the_process(TestDatabase database)
    {
        var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        foreach (var change in new[]
        {
            new RoomSettingsChange { Ask = TurnPeople.Owners }, new RoomSettingsChange { Stop = TurnPeople.Members },
            new RoomSettingsChange { Regenerate = TurnPeople.Owners }, new RoomSettingsChange { Approve = TurnPeople.Members },
        })
        {
            Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ChangeAsync(ChatHost.Grace, room.Id, null, change, default)).Error?.Kind);
            // Nor together with what they may change.
            Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ChangeAsync(ChatHost.Grace, room.Id, "Mine", change with { Instructions = "Be kind." }, default)).Error?.Kind);
            Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, change, default)).Error);
        }

        foreach (var nonsense in new[] { new RoomSettingsChange { Ask = TurnPeople.AskerAndOwners }, new RoomSettingsChange { Stop = (TurnPeople)7 } })
        {
            Assert.Equal(RoomErrorKind.Invalid, (await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, nonsense, default)).Error?.Kind);
        }

        var expected = new TurnRights { Ask = TurnPeople.Owners, Stop = TurnPeople.Members, Regenerate = TurnPeople.Owners, Approve = TurnPeople.Members };
        await using var again = await host.RestartAsync();
        var read = (await again.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Value.Room;
        Assert.Equal(("Room", "", expected), (read.Name, read.Instructions, read.Settings.Rights));
        // The authorizer has them as well.
        await again.PostAsync(room, "@Demo Hello", ChatHost.Grace);
        Assert.False(again.Model.WasAskedAgain);
        Assert.Equal(new TurnRights(), (await again.RoomAsync("New")).Settings.Rights);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("""{"ask":2,"stop":0,"regenerate":0,"approve":0}""", true)]
    [InlineData("""{"ask":2,"stop":7,"regenerate":0,"approve":0}""", false)]
    [InlineData("""{"ask":0,"stop":0,"regenerate":0,"approve":0}""", false)]
    [InlineData("""{"ask":2}""", false)]
    [InlineData("null", false)]
    [InlineData("[", false)]
    [InlineData("", false)]
    public void What_cannot_be_read_is_the_owners_alone(string? json, bool isRead) =>
        Assert.Equal(isRead ? new TurnRights() : TurnRights.OwnersAlone, TurnRightsJson.Read(json));

    [Fact]
    public void What_is_written_is_read()
    {
        foreach (var rights in new[] { new TurnRights(), TurnRights.OwnersAlone, new TurnRights { Stop = TurnPeople.Members } })
        {
            Assert.Equal(rights, TurnRightsJson.Read(TurnRightsJson.Write(rights)));
        }

        Assert.Null(TurnRightsJson.Write(new TurnRights()));
    }

    [Fact]
    public async Task Whoever_may_write_but_not_ask_is_not_answered_and_only_a_mention_says_so()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        await SetAsync(host, room, new RoomSettingsChange { Ask = TurnPeople.Owners, Regenerate = TurnPeople.Members });
        Assert.Equal(MessageStatus.Complete.Instance, (await host.PostAsync(room, "Just saying", ChatHost.Grace)).Status);
        var mention = await host.PostAsync(room, "@Demo What is this?", ChatHost.Grace);
        Assert.Equal(new MessageStatus.Unanswered("Not asked: Only a room owner can ask assistants here."), mention.Status);

        // No other way leads to the model: not by asking again, and not by an edit of what was answered.
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.AnswerAgainAsync(ChatHost.Grace, room.Id, mention.Id, default)).Error?.Kind);
        Assert.False(host.Model.WasAskedAgain);
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        (await host.Model.NextAsync()).Finish("Hi");
        var response = await watch.EndedAsync();
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.RegenerateAsync(ChatHost.Grace, room.Id, response.Id, default)).Error?.Kind);

        // An owner may ask for them. The question, and what comes of it, stays Grace's.
        Assert.Equal(1, (await host.Responses.AnswerAgainAsync(ChatHost.Ada, room.Id, mention.Id, default)).Value);
        (await host.Model.NextAsync()).Finish("A room");
        var asked = await watch.EndedAsync(2);
        Assert.Equal(("Grace", "Ada"), (asked.AskedBy!.Name, asked.Metadata!.RequestedBy!.Name));
    }

    [Fact]
    public async Task Stop_ends_of_all_that_runs_only_what_is_the_persons_own_whatever_ids_they_send()
    {
        await using var host = await ChatHost.StartAsync(settings: null, assistants: ["Demo", "Other"]);
        var room = await host.RoomAsync();
        var mine = (await host.Rooms.CreateAsync(ChatHost.Grace, "Hers", default)).Value;
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "@Demo Mine");
        await host.PostAsync(room, "@Other Hers", ChatHost.Grace);
        var (first, second) = (await host.Assistants.Clients[0].NextAsync(), await host.Assistants.Clients[1].NextAsync());
        var state = await watch.UntilAsync(s => s.Running.Count() == 2);
        var adas = state.Running.Single(m => m.Message.AskedBy!.Name == "Ada").Message;

        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.StopAsync(ChatHost.Grace, room.Id, adas.Id, default)).Error?.Kind);
        // With the id of the room that she owns.
        Assert.Equal(RoomErrorKind.NotFound, (await host.Responses.StopAsync(ChatHost.Grace, mine.Id, adas.Id, default)).Error?.Kind);
        Assert.Equal(1, (await host.Responses.StopAsync(ChatHost.Grace, room.Id, null, default)).Value);
        await second.Stopped.Soon();
        await watch.UntilAsync(s => s.Running.Count() == 1);
        Assert.False(first.Stopped.IsCompleted);
        first.Finish("Done");
        await watch.UntilAsync(s => !s.Running.Any());
        // What has ended cannot be stopped again by a click that comes late.
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.StopAsync(ChatHost.Grace, room.Id, adas.Id, default)).Error?.Kind);
        Assert.Equal(0, (await host.Responses.StopAsync(ChatHost.Ada, room.Id, adas.Id, default)).Value);
    }

    [Theory]
    [InlineData(TurnPeople.Owners, false, false)]
    [InlineData(TurnPeople.AskerAndOwners, true, false)]
    [InlineData(TurnPeople.Members, true, true)]
    public async Task A_question_is_taken_out_of_the_queue_by_whoever_may_stop_its_answer(TurnPeople stop, bool mayAsker, bool mayMember)
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        await SetAsync(host, room, new RoomSettingsChange { Stop = stop });
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Busy");
        await host.Model.NextAsync();
        foreach (var (who, may) in new[] { (ChatHost.Grace, mayAsker), (new Person(Guid.NewGuid(), "Linus"), mayMember), (ChatHost.Ada, true) })
        {
            await host.PostAsync(room, "Wait for me", ChatHost.Grace);
            var turn = (await watch.UntilAsync(s => s.Queue.Length == 1)).Queue[0];
            var taken = await host.Responses.WithdrawAsync(who, room.Id, turn.Id, default);
            Assert.Equal(may ? null : RoomErrorKind.Forbidden, taken.Error?.Kind);
            Assert.Equal(may ? 0 : 1, watch.Now.Queue.Length);
            if (!may)
            {
                Assert.Contains("a room owner", taken.Error!.Message, StringComparison.Ordinal);
                Assert.Null((await host.Responses.WithdrawAsync(ChatHost.Ada, room.Id, turn.Id, default)).Error);
            }

            Assert.Equal($"Taken out of the queue by {(may ? who : ChatHost.Ada).Name}.", ((MessageStatus.Unanswered)watch.Now.Find(turn.QuestionId!.Value)!.Message.Status).Reason);
        }
    }

    [Fact]
    public async Task Whoever_had_an_answer_written_again_is_recorded_and_may_stop_it()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        await SetAsync(host, room, new RoomSettingsChange { Regenerate = TurnPeople.Members });
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        (await host.Model.NextAsync()).Finish("Hi");
        var response = await watch.EndedAsync();
        Assert.Null(response.Metadata!.RequestedBy);

        Assert.Null((await host.Responses.RegenerateAsync(ChatHost.Grace, room.Id, response.Id, default)).Error);
        var again = await host.Model.NextAsync();
        await watch.UntilAsync(s => s.Running.Any(m => m.Message.Metadata?.RequestedBy?.Name == "Grace"));
        Assert.Equal(1, (await host.Responses.StopAsync(ChatHost.Grace, room.Id, response.Id, default)).Value);
        await again.Stopped.Soon();
        var stopped = (await watch.UntilAsync(s => !s.Running.Any())).Find(response.Id)!.Message;
        Assert.Equal((new MessageStatus.Stopped("Grace"), "Ada", "Grace"), (stopped.Status, stopped.AskedBy!.Name, stopped.Metadata!.RequestedBy!.Name));
        await using var db = host.OpenDatabase();
        Assert.Equal("Grace", (await db.Messages.SingleAsync(m => m.Id == response.Id)).ToMessage().Metadata!.RequestedBy!.Name);

        // The asker's own new version is nobody else's.
        Assert.Null((await host.Responses.RegenerateAsync(ChatHost.Ada, room.Id, response.Id, default)).Error);
        (await host.Model.NextAsync()).Finish("Hi again");
        Assert.Null((await watch.UntilAsync(s => !s.Running.Any() && s.Find(response.Id)!.Message.Status.IsEnded && s.Find(response.Id)!.Message.Versions == 3)).Find(response.Id)!.Message.Metadata!.RequestedBy);
    }

    private static async Task SetAsync(ChatHost host, Room room, RoomSettingsChange change) =>
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, change, default)).Error);
}
