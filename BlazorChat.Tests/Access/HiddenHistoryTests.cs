using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Access;

/// <summary>In a room that hides its history, newcomers see what comes after they came, wherever they look, and so do the models they ask.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HiddenHistoryTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Room _room = null!;
    private Message _secret = null!;
    private Message _answer = null!;

    private RoomService Rooms => _host.Rooms;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await _host.AddPersonAsync(ChatHost.Grace);
        _room = await _host.RoomAsync("Plans");
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, null, true, default)).Error);
        _secret = await _host.PostAsync(_room, "The secret is plugh");
        (await _host.Model.NextAsync()).Finish("I keep plugh");
        using var watch = await _host.WatchAsync(_room);
        _answer = await watch.EndedAsync();
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Pages_links_versions_files_and_counts_are_cut()
    {
        var frame = (await _host.Live.ReadAsync(ChatHost.Grace, _room.Id, default)).Value;
        Assert.Empty(frame.Messages);
        Assert.False(frame.HasOlder);
        Assert.Equal((0, default, null), (frame.Room.MessageCount, frame.Room.Tokens, frame.Room.Cost));
        Assert.Equal(0, (await Rooms.ListRoomsAsync(ChatHost.Grace, default)).Value.Single(r => r.Room.Id == _room.Id).Room.MessageCount);
        Assert.Equal(2, (await Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == _room.Id).Room.MessageCount);
        var older = (await Rooms.ReadOlderAsync(ChatHost.Grace, _room.Id, long.MaxValue, default)).Value;
        Assert.Empty(older.Messages);
        Assert.False(older.HasOlder);
        var blob = await _host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(_answer.Id, new Blob("text/plain", "plugh"u8.ToArray()), default);
        Assert.Null((await Rooms.ReadBlobAsync(ChatHost.Ada, _room.Id, blob!.Value, default)).Error);
        foreach (var error in new[]
        {
            (await Rooms.ReadMessageAsync(ChatHost.Grace, _room.Id, _secret.Id, default)).Error,
            (await Rooms.ReadVersionsAsync(ChatHost.Grace, _room.Id, _answer.Id, default)).Error,
            (await Rooms.ReadBlobAsync(ChatHost.Grace, _room.Id, blob.Value, default)).Error,
            (await _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, _answer.Id, default)).Error,
            (await _host.Responses.AnswerAgainAsync(ChatHost.Grace, _room.Id, _secret.Id, default)).Error,
        })
        {
            Assert.Equal(RoomErrorKind.NotFound, error?.Kind);
        }

        await _host.PostAsync(_room, "Welcome");
        (await _host.Model.NextAsync()).Finish("Hi");
        using var grace = await _host.WatchAsync(_room, ChatHost.Grace);
        await grace.EndedAsync();
        Assert.Equal(["Welcome", "Hi"], grace.Now.Messages.Select(m => m.Message.Text));
        Assert.Same(grace.Now, grace.Now);
        using var ada = await _host.WatchAsync(_room);
        Assert.Equal(4, ada.Now.Messages.Length);
    }

    [Fact]
    public async Task The_prompt_of_a_newcomers_question_and_what_was_sent_for_others_are_cut()
    {
        await _host.PostAsync(_room, "Tell me the secret", ChatHost.Grace);
        var asked = await _host.Model.NextAsync();
        Assert.Equal(["Grace: Tell me the secret"], asked.Lines);
        asked.Finish("Which one?");
        using var watch = await _host.WatchAsync(_room);
        var graces = await watch.EndedAsync(2);
        await _host.PostAsync(_room, "And mine?");
        var adas = await _host.Model.NextAsync();
        Assert.Contains(adas.Messages, m => m.Text.Contains("plugh", StringComparison.Ordinal));
        adas.Finish("Here");
        var last = await watch.EndedAsync(3);

        Assert.NotEmpty((await _host.Responses.ReadSentAsync(ChatHost.Ada, _room.Id, last.Id, default)).Value);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, last.Id, default)).Value);
        Assert.NotEmpty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, graces.Id, default)).Value);

        // Who comes again sees less than before.
        Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, default)).Error);
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, graces.Id, default)).Value);
    }

    [Fact]
    public async Task Only_a_private_room_hides_its_history()
    {
        Assert.Equal(RoomErrorKind.Conflict, (await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, RoomVisibility.Open, null, default)).Error?.Kind);
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, RoomVisibility.Open, false, default)).Error);
        Assert.Equal(RoomErrorKind.Conflict, (await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, null, true, default)).Error?.Kind);
    }

    [Fact]
    public async Task A_search_finds_what_the_asker_may_see()
    {
        var store = _host.App.Services.GetRequiredService<IRoomStore>();
        var access = _host.App.Services.GetRequiredService<RoomAccessDirectory>();
        Assert.NotEmpty(await store.SearchAsync(_room.Id, access.SeesFrom(_room.Id, ChatHost.Ada.AsAuthor()), "plugh", 10, default));
        Assert.Empty(await store.SearchAsync(_room.Id, access.SeesFrom(_room.Id, ChatHost.Grace.AsAuthor()), "plugh", 10, default));
        _host = await _host.RestartAsync();
        Assert.Empty((await _host.Live.ReadAsync(ChatHost.Grace, _room.Id, default)).Value.Messages);
    }

    [Fact]
    public async Task A_search_of_an_assistant_that_a_newcomer_asks_sends_nothing_from_before_they_came()
    {
        await _host.PostAsync(_room, "Where is it written?", ChatHost.Grace);
        AssertCut(await SearchAsync("g1"));
        using var watch = await _host.WatchAsync(_room);
        var graces = await watch.EndedAsync(2);

        // Whoever had it written again sees all, but so would she who asked.
        Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        AssertCut(await SearchAsync("g2"));
        await watch.UntilAsync(s => s.Messages[^1].Message is { Versions: 2, Status.IsEnded: true });

        await _host.PostAsync(_room, "And for me?");
        var found = string.Join('\n', (await SearchAsync("a1")).Results);
        Assert.Contains("The secret is plugh", found, StringComparison.Ordinal);
        Assert.Contains("I keep plugh", found, StringComparison.Ordinal);
        var adas = await watch.EndedAsync(3);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, adas.Id, default)).Value);

        // A newcomer who has it written again: what both may see.
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, adas.Id, default)).Error);
        AssertCut(await SearchAsync("a2"));

        static void AssertCut(FakeAnswer sent)
        {
            var all = string.Join('\n', sent.Lines.Concat(sent.Results));
            Assert.DoesNotContain("secret", all, StringComparison.Ordinal);
            Assert.DoesNotContain("keep", all, StringComparison.Ordinal);
        }

        // Lets the model search, and gives the request that it gets then.
        async Task<FakeAnswer> SearchAsync(string callId)
        {
            (await _host.Model.NextAsync()).Call(callId, "search_messages", """{"query":"plugh"}""").Call(callId + "all", "search_messages", """{"query":"is"}""").Finish();
            var next = await _host.Model.NextAsync();
            Assert.Equal([callId, callId + "all"], next.Results.Select(r => r.Split(':')[0]).TakeLast(2));
            Assert.Contains("is it written", next.Results.Last(), StringComparison.Ordinal);
            next.Finish("Nowhere.");
            return next;
        }
    }

    [Fact]
    public async Task A_search_of_an_assistant_to_whom_a_newcomers_question_was_handed_on_is_cut_as_well()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"], "Demo", "Other");
        host.Assistants.Change = assistant => assistant.Author.Id == "demo" ? assistant with { Delegates = ["other"] } : assistant;
        await host.AddPersonAsync(ChatHost.Grace);
        var room = await host.RoomAsync("Plans");
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        await host.PostAsync(room, "The secret is plugh");
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        await host.PostAsync(room, "@Demo where is it written?", ChatHost.Grace);
        (await host.Model.NextAsync()).Call("d1", "ask_other", """{"task":"Search for it."}""").Finish();
        (await host.Assistants.Clients[1].NextAsync()).Call("s1", "search_messages", """{"query":"is"}""").Finish();
        var inner = await host.Assistants.Clients[1].NextAsync();
        Assert.Contains("is it written", Assert.Single(inner.Results), StringComparison.Ordinal);
        Assert.DoesNotContain("plugh", string.Join('\n', inner.Lines.Concat(inner.Results)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_a_newcomers_answer_written_again_shows_the_model_no_more_than_the_newcomer_sees()
    {
        using var watch = await _host.WatchAsync(_room);
        var question = await _host.PostAsync(_room, "Tell me the secret", ChatHost.Grace);
        (await _host.Model.NextAsync()).Finish("Which one?");
        var graces = await watch.EndedAsync(2);
        Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        await AnswerNextAsync(watch, 2);
        Assert.Null((await _host.Responses.AnswerAgainAsync(ChatHost.Ada, _room.Id, question.Id, default)).Error);
        var stopped = await _host.Model.NextAsync();
        AssertHidden(stopped);
        Assert.Null((await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.Stopped);
        Assert.Null((await _host.Responses.ContinueAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        var going = await _host.Model.NextAsync();
        AssertHidden(going);
        Assert.Null((await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.Stopped);
        Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, graces.Id, default)).Error);
        await AnswerNextAsync(watch, 2);
        foreach (var message in watch.Now.Messages.Where(m => m.Message.Owner?.Name == "Grace" && m.Message.Author.Kind == AuthorKind.Assistant))
        {
            var sent = (await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, message.Message.Id, default)).Value;
            Assert.NotEmpty(sent);
            Assert.DoesNotContain(sent.SelectMany(s => s.Messages).SelectMany(m => m.Contents), c => c.Text.Contains("plugh", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_newcomer_who_has_somebody_elses_answer_written_again_shows_the_model_what_both_may_see()
    {
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        using var watch = await _host.WatchAsync(_room);
        await _host.PostAsync(_room, "And now?");
        var first = await _host.Model.NextAsync();
        Assert.Contains(first.Messages, m => m.Text.Contains("plugh", StringComparison.Ordinal));
        first.Finish("Nothing new");
        var answer = await watch.EndedAsync(2);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, answer.Id, default)).Value);
        Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, answer.Id, default)).Error);
        await AnswerNextAsync(watch, 2);
        // Of the versions, each reader sees the prompts that were cut at least where their own view is.
        Assert.Equal([2], (await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, answer.Id, default)).Value.Select(s => s.Version));
        Assert.Equal([1, 2], (await _host.Responses.ReadSentAsync(ChatHost.Ada, _room.Id, answer.Id, default)).Value.Select(s => s.Version));
    }

    [Fact]
    public async Task An_answer_to_a_hidden_question_is_not_written_again_for_a_newcomer()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Grace);
        var room = await host.RoomAsync("Plans");
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        await host.PostAsync(room, "First");
        var running = await host.Model.NextAsync();
        await host.PostAsync(room, "The secret is plugh");
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        running.Finish("One");
        (await host.Model.NextAsync()).Finish("Two");
        using var watch = await host.WatchAsync(room);
        var answer = await watch.EndedAsync(2);
        Assert.Equal(["Two"], (await host.Live.ReadAsync(ChatHost.Grace, room.Id, default)).Value.Messages.Select(m => m.Message.Text));
        var error = (await host.Responses.RegenerateAsync(ChatHost.Grace, room.Id, answer.Id, default)).Error;
        Assert.Equal((RoomErrorKind.Forbidden, "This answers a message from before you came, so only somebody who can see that message can have it answered again."), (error?.Kind, error?.Message));
        Assert.Empty((await host.Responses.ReadSentAsync(ChatHost.Grace, room.Id, answer.Id, default)).Value);
        Assert.Null((await host.Responses.RegenerateAsync(ChatHost.Ada, room.Id, answer.Id, default)).Error);
        var again = await host.Model.NextAsync();
        Assert.Contains(again.Messages, m => m.Text.Contains("plugh", StringComparison.Ordinal));
        Assert.Null((await host.Responses.StopAsync(ChatHost.Ada, room.Id, null, default)).Error);
        await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.Stopped);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.RegenerateAsync(ChatHost.Grace, room.Id, answer.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.ContinueAsync(ChatHost.Grace, room.Id, answer.Id, default)).Error?.Kind);
    }

    [Fact]
    public async Task Whoever_is_removed_takes_along_what_they_asked()
    {
        using var watch = await _host.WatchAsync(_room);
        await _host.PostAsync(_room, "Mine", ChatHost.Grace);
        await _host.Model.NextAsync();
        var waiting = await _host.PostAsync(_room, "And this", ChatHost.Grace);
        Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, default)).Error);
        // Nobody stopped it: whoever removed them did not.
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Status is MessageStatus.Cut { Reason: "Stopped because the person who asked is no longer in the room." }));
        Assert.IsType<MessageStatus.Unanswered>((await Rooms.ReadMessageAsync(ChatHost.Ada, _room.Id, waiting.Id, default)).Value.Status);
        Assert.False(_host.Model.WasAskedAgain);
        // What they asked may be answered again by who is still here.
        Assert.Null((await _host.Responses.AnswerAgainAsync(ChatHost.Ada, _room.Id, waiting.Id, default)).Error);
        (await _host.Model.NextAsync()).Finish("Here");
        await watch.EndedAsync(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_does_not_run_for_somebody_who_may_not_ask_any_more(bool isRunning)
    {
        using var watch = await _host.WatchAsync(_room);
        if (!isRunning)
        {
            await _host.PostAsync(_room, "First");
        }

        var asked = isRunning ? null : await _host.Model.NextAsync();
        var waiting = await _host.PostAsync(_room, "Mine", ChatHost.Grace);
        asked ??= await _host.Model.NextAsync();
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Viewer, default)).Error);
        if (isRunning)
        {
            // It would go on with another step.
            asked.Call("c1", "get_current_time", "{}").Finish();
            var failed = await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.Failed);
            Assert.Equal("Grace can no longer ask here, so this answer was ended.", ((MessageStatus.Failed)failed.Messages[^1].Message.Status).Reason);
        }
        else
        {
            asked.Finish("One");
            await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Id == waiting.Id && m.Message.Status is MessageStatus.Unanswered));
        }

        Assert.False(_host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task A_room_gets_no_name_from_what_somebody_in_it_may_not_see()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private", "--Turns:TitleRooms=true"]);
        await host.AddPersonAsync(ChatHost.Grace);
        var room = (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Value;
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        await host.PostAsync(room, "The secret is plugh");
        var running = await host.Model.NextAsync();
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        running.Finish("I keep plugh");
        using var watch = await host.WatchAsync(room);
        await watch.EndedAsync();
        await host.PostAsync(room, "Next");
        var next = await host.Model.NextAsync();
        Assert.Contains(next.Messages, m => m.Text.Contains("Next", StringComparison.Ordinal));
        next.Finish("Yes");
        await watch.EndedAsync(2);
        Assert.False(watch.Now.Room.IsNamed);
    }

    private static void AssertHidden(FakeAnswer asked)
    {
        Assert.DoesNotContain(asked.Messages, m => m.Text.Contains("plugh", StringComparison.Ordinal));
        Assert.Contains(asked.Messages, m => m.Text.Contains("secret", StringComparison.Ordinal) || m.Text.Contains("now?", StringComparison.Ordinal));
    }

    private async Task AnswerNextAsync(RoomWatch watch, int ended)
    {
        var asked = await _host.Model.NextAsync();
        AssertHidden(asked);
        asked.Finish("No");
        await watch.UntilAsync(s => s.Messages[^1].Message is { Status: MessageStatus.Complete, Text: "No" });
        await watch.EndedAsync(ended);
    }
}
