using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns;

[Trait(nameof(Kind), Kind.Host)]
public class TurnTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Room _room = null!;
    private RoomWatch _watch = null!;

    /// <summary>What they run on; another class of them is for PostgreSQL.</summary>
    protected virtual TestDatabase Database => TestDatabase.Sqlite;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(Database, (string[]?)null, "Demo", "Other");
        _room = await _host.RoomAsync();
        _watch = await _host.WatchAsync(_room);
    }

    public async Task DisposeAsync()
    {
        _watch.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_streams_and_ends_complete()
    {
        await _host.PostAsync(_room, "Hello");
        var response = await _host.Model.NextAsync();
        response.Say("Hi ");
        await _watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        response.Finish("there");

        var message = await _watch.EndedAsync();
        Assert.Equal("Hi there", message.Text);
        Assert.IsType<MessageStatus.Complete>(message.Status);
        Assert.Equal([1, 2], _watch.Now.Messages.Select(m => m.Message.Sequence));
        await using var db = _host.OpenDatabase();
        Assert.Empty(await db.Journal.ToListAsync());
        Assert.Empty(await db.Turns.ToListAsync());
    }

    [Fact]
    public async Task Messages_written_during_a_turn_are_shown_at_once_and_answered_each_in_its_turn()
    {
        await _host.PostAsync(_room, "First");
        var first = await _host.Model.NextAsync();
        first.Say("One");

        await _host.PostAsync(_room, "Second");
        await _host.PostAsync(_room, "Third", ChatHost.Grace);
        var waiting = await _watch.UntilAsync(s => s.Messages.Length == 4 && s.Queue.Length == 2);
        Assert.Equal(["Ada", "Grace"], waiting.Queue.Select(t => t.RequestedBy.Name));
        Assert.False(_host.Model.WasAskedAgain);

        first.Finish();
        var second = await _host.Model.NextAsync();
        Assert.Equal(["Ada: First", "assistant: One", "Ada: Second"], second.Lines);
        second.Finish("Two");
        var third = await _host.Model.NextAsync();
        Assert.Equal(["Ada: First", "assistant: One", "Ada: Second", "assistant: Two", "Grace: Third"], third.Lines);
        third.Finish("Three");
        await _watch.EndedAsync(3);
        Assert.Equal(3, _host.Model.Requests);
        Assert.Empty(_watch.Now.Queue);
    }

    [Fact]
    public async Task A_message_after_a_turn_began_is_not_in_its_prompt()
    {
        await _host.PostAsync(_room, "First");
        var first = await _host.Model.NextAsync();
        await _host.PostAsync(_room, "Second");
        Assert.Equal(["Ada: First"], first.Lines);
        first.Finish("One");
        (await _host.Model.NextAsync()).Finish("Two");
        await _watch.EndedAsync(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Half an ans")]
    public async Task Anybody_can_stop_an_answer_before_or_after_its_first_token(string said)
    {
        await _host.LetMembersAsync(_room);
        await _host.PostAsync(_room, "Hello");
        var response = await _host.Model.NextAsync();
        if (said.Length > 0)
        {
            response.Say(said);
            await _watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        }

        var stopped = await _host.Responses.StopAsync(ChatHost.Grace, _room.Id, null, default);
        Assert.Equal(1, stopped.Value);
        await response.Stopped.Soon();

        var message = await _watch.EndedAsync();
        Assert.Equal(new MessageStatus.Stopped("Grace"), message.Status);
        Assert.Equal(said, message.Text);
    }

    [Fact]
    public async Task Stop_pressed_twice_stops_one_answer_and_what_waits_behind_it_goes_on()
    {
        await _host.PostAsync(_room, "One");
        var first = await _host.Model.NextAsync();
        await _host.PostAsync(_room, "Two", ChatHost.Grace);
        var running = _watch.Now.Running.Single().Message.Id;

        var both = await Task.WhenAll(
            _host.Responses.StopAsync(ChatHost.Ada, _room.Id, running, default),
            _host.Responses.StopAsync(ChatHost.Ada, _room.Id, running, default));
        Assert.Equal(1, both.Sum(r => r.Value));
        await first.Stopped.Soon();

        var second = await _host.Model.NextAsync();
        second.Finish("For Grace");
        Assert.Equal("For Grace", (await _watch.EndedAsync(2)).Text);
    }

    [Fact]
    public async Task Stop_in_an_unknown_room_or_of_a_persons_message_is_refused()
    {
        var message = await _host.PostAsync(_room, "Hello");
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, message.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Responses.StopAsync(ChatHost.Ada, Guid.NewGuid(), null, default)).Error?.Kind);
        (await _host.Model.NextAsync()).Finish("Hi");
        await _watch.EndedAsync();
    }

    [Fact]
    public async Task An_answer_of_an_assistant_that_is_gone_cannot_be_tried_again()
    {
        await _host.PostAsync(_room, "@Other please");
        (await _host.Assistants.Clients[1].NextAsync()).Fail(new ResponseFailedException("No."));
        var failed = await _watch.EndedAsync();
        _host.Assistants.Gone = "other";
        Assert.Equal(RoomErrorKind.Conflict, (await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, failed.Id, default)).Error?.Kind);
        Assert.Empty(_watch.Now.Queue);
    }

    [Fact]
    public async Task Another_version_further_up_has_a_prompt_however_long_the_assistants_last_answer_is()
    {
        await _host.PostAsync(_room, "One");
        (await _host.Model.NextAsync()).Fail(new ResponseFailedException("No."));
        var failed = await _watch.EndedAsync();
        await _host.PostAsync(_room, "Two");
        (await _host.Model.NextAsync()).Finish(new string('z', 50_000));
        await _watch.EndedAsync(2);

        _host.Assistants.PromptTokens = 1_000;
        await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, failed.Id, default);
        var retry = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One"], retry.Lines);
        retry.Finish("Again");
        await _watch.UntilAsync(s => s.Find(failed.Id)!.Message is { Text: "Again", Status: MessageStatus.Complete });
    }

    [Fact]
    public async Task Another_version_answers_its_question_also_when_somebody_writes_before_it_begins()
    {
        await _host.PostAsync(_room, "One");
        (await _host.Model.NextAsync()).Fail(new ResponseFailedException("No."));
        var failed = await _watch.EndedAsync();
        await _host.PostAsync(_room, "Two");
        var second = await _host.Model.NextAsync();
        await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, failed.Id, default);
        second.Finish("To two");
        var retry = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One"], retry.Lines);
        retry.Fail(new ResponseFailedException("No."));
        await _watch.UntilAsync(s => s.Find(failed.Id)!.Message is { Versions: 2, Status: MessageStatus.Failed });

        await _host.PostAsync(_room, "Three");
        var third = await _host.Model.NextAsync();
        await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, failed.Id, default);
        await _host.PostAsync(_room, "Four");
        third.Finish("To three");
        var before = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One"], before.Lines);
        before.Finish("To one");
        var last = await _host.Model.NextAsync();
        Assert.Equal("Ada: Four", last.Lines.Last());
        last.Finish("To four");
        await _watch.EndedAsync(4);
        Assert.Equal(6, _host.Model.Requests);
    }

    [Fact]
    public async Task An_answer_without_a_word_is_a_failure()
    {
        await _host.PostAsync(_room, "Hello");
        (await _host.Model.NextAsync()).Finish();
        Assert.IsType<MessageStatus.Failed>((await _watch.EndedAsync()).Status);
    }

    [Fact]
    public async Task Stop_says_when_there_is_nothing_to_stop_and_refuses_a_message_of_another_room()
    {
        Assert.Equal(0, (await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, null, default)).Value);
        var other = await _host.RoomAsync("Another");
        await _host.PostAsync(other, "Hello");
        var response = await _host.Model.NextAsync();
        using var watch = await _host.WatchAsync(other);
        var running = watch.Now.Running.Single().Message;

        var refused = await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, running.Id, default);
        Assert.Equal(RoomErrorKind.NotFound, refused.Error?.Kind);
        Assert.False(response.Stopped.IsCompleted);
        response.Finish("Still here");
        Assert.Equal("Still here", (await watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task A_failed_answer_keeps_its_text_and_its_reason()
    {
        await _host.PostAsync(_room, "Hello");
        var response = await _host.Model.NextAsync();
        response.Say("Part");
        response.Fail(new ResponseFailedException("The provider went away."));
        var message = await _watch.EndedAsync();
        Assert.Equal(new MessageStatus.Failed("The provider went away."), message.Status);
        Assert.Equal("Part", message.Text);
    }

    [Fact]
    public async Task An_unexpected_error_ends_the_turn_without_its_details_and_the_next_turn_works()
    {
        await _host.PostAsync(_room, "Hello");
        (await _host.Model.NextAsync()).Fail(new InvalidOperationException("secret details"));
        var failed = Assert.IsType<MessageStatus.Failed>((await _watch.EndedAsync()).Status);
        Assert.DoesNotContain("secret", failed.Reason, StringComparison.Ordinal);

        await _host.PostAsync(_room, "Again");
        (await _host.Model.NextAsync()).Finish("Fine");
        Assert.Equal("Fine", (await _watch.EndedAsync(2)).Text);
    }

    [Fact]
    public async Task An_answer_cut_at_the_length_limit_says_so()
    {
        await _host.PostAsync(_room, "Hello");
        (await _host.Model.NextAsync()).Finish("A long", ChatFinishReason.Length);
        var message = await _watch.EndedAsync();
        Assert.Contains("length limit", Assert.IsType<MessageStatus.Cut>(message.Status).Reason, StringComparison.Ordinal);
        Assert.Equal("A long", message.Text);
    }

    [Fact]
    public async Task An_answer_that_failed_is_tried_again_in_its_place_once_and_what_it_said_is_kept()
    {
        await _host.LetMembersAsync(_room);
        await _host.PostAsync(_room, "Hello");
        (await _host.Model.NextAsync()).Say("Bad").Fail(new ResponseFailedException("No."));
        var failed = await _watch.EndedAsync();

        var both = await Task.WhenAll(
            _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, failed.Id, default),
            _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, failed.Id, default));
        Assert.Single(both, r => r.Error is null);
        Assert.Equal(RoomErrorKind.Conflict, both.Single(r => r.Error is not null).Error!.Kind);

        var response = await _host.Model.NextAsync();
        Assert.Equal(["Ada: Hello"], response.Lines);
        response.Finish("Good");
        await _watch.UntilAsync(s => s.Find(failed.Id)!.Message is { Text: "Good", Versions: 2, Status: MessageStatus.Complete });
        Assert.Equal(2, _watch.Now.Messages.Length);
        var versions = (await _host.Live.ReadVersionsAsync(ChatHost.Grace, _room.Id, failed.Id, default)).Value;
        Assert.Equal([("Bad", new MessageStatus.Failed("No.")), ("Good", MessageStatus.Complete.Instance)], versions.Select(v => (v.Message.Text, v.Message.Status)));
        Assert.Equal(2, _host.Model.Requests);
    }

    [Fact]
    public async Task Only_ended_answers_of_the_room_are_tried_again()
    {
        var mine = await _host.PostAsync(_room, "Hello");
        var first = await _host.Model.NextAsync();
        var running = (await _watch.UntilAsync(s => s.Running.Any())).Running.Single().Message;
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, mine.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Conflict, (await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, running.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, Guid.NewGuid(), default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Responses.RegenerateAsync(ChatHost.Ada, (await _host.RoomAsync("B")).Id, running.Id, default)).Error?.Kind);
        first.Finish("Good");
        await _watch.EndedAsync();
    }

    [Fact]
    public async Task Answers_without_text_and_states_are_never_sent_to_a_model()
    {
        await _host.PostAsync(_room, "One");
        (await _host.Model.NextAsync()).Fail(new ResponseFailedException("No."));
        await _watch.EndedAsync();
        await _host.PostAsync(_room, "Two");
        var stopped = (await _host.Model.NextAsync()).Say("Well, ");
        await _watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, null, default);
        await _watch.EndedAsync(2);

        await _host.PostAsync(_room, "Three");
        var third = await _host.Model.NextAsync();
        Assert.Equal(["Ada: One", "Ada: Two", "assistant: Well, ", "Ada: Three"], third.Lines);
        third.Finish("Done");
        await _watch.EndedAsync(3);
        Assert.True(stopped.Stopped.IsCompleted);
    }

    [Fact]
    public async Task The_prompt_has_both_instructions_and_only_the_newest_history_that_fits()
    {
        await _host.Rooms.ChangeAsync(ChatHost.Ada, _room.Id, null, "Talk like a sailor.", AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 120; i++)
        {
            await _host.PostAsync(_room, $"Message {i} " + new string('x', 400));
        }

        _host.Assistants.PromptTokens = 2_000;
        await _host.PostAsync(_room, "@Demo and now?");
        var response = await _host.Model.NextAsync();
        Assert.Contains("Be brief.", response.Options!.Instructions, StringComparison.Ordinal);
        Assert.Contains("Talk like a sailor.", response.Options.Instructions, StringComparison.Ordinal);
        Assert.InRange(response.Messages.Count, 10, 19);
        Assert.Equal("@Demo and now?", response.Messages[^1].Text);
        Assert.StartsWith("Message 119 ", response.Messages[^2].Text, StringComparison.Ordinal);
        response.Finish("Aye");
        await _watch.EndedAsync();
    }

    [Fact]
    public async Task A_message_larger_than_the_budget_still_goes_to_the_model()
    {
        _host.Assistants.PromptTokens = 10;
        await _host.PostAsync(_room, new string('y', 5_000));
        var response = await _host.Model.NextAsync();
        Assert.Equal(5_000, Assert.Single(response.Messages).Text.Length);
        response.Finish("Read");
        await _watch.EndedAsync();
    }

    [Fact]
    public async Task A_mention_chooses_who_answers_and_two_assistants_answer_side_by_side()
    {
        await _host.PostAsync(_room, "@demo and @Other, please");
        var demo = await _host.Model.NextAsync();
        var other = await _host.Assistants.Clients[1].NextAsync();
        demo.Say("I");
        other.Say("You");
        await _watch.UntilAsync(s => s.Running.Count(m => m.Live!.Frame.Number > 0) == 2);
        other.Finish();
        demo.Finish();
        await _watch.EndedAsync(2);

        await _host.PostAsync(_room, "@Other alone");
        var third = await _host.Assistants.Clients[1].NextAsync();
        Assert.Contains("Demo: I", third.Lines);
        Assert.Contains("assistant: You", third.Lines);
        third.Finish("Yes");
        await _watch.EndedAsync(3);
        Assert.Equal(1, _host.Model.Requests);
    }

    [Fact]
    public async Task Nobody_answers_unmentioned_in_a_room_that_wants_mentions()
    {
        await _host.Rooms.ChangeAsync(ChatHost.Ada, _room.Id, null, null, AnswerMode.WhenMentioned, default);
        await _host.PostAsync(_room, "mail me at ada@demo or so");
        Assert.Empty(_watch.Now.Queue);
        await using var db = _host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
    }

    [Theory]
    [InlineData("Write `@Demo` to ask it.", false)]
    [InlineData("Write ``@Demo `now` `` to ask it.", false)]
    [InlineData("```\n@Demo\n```", false)]
    [InlineData("~~~ text\n@Demo\nand `@Demo`", false)]
    [InlineData("> ```\n> @Demo\n> ```", false)]
    [InlineData("This is it:\n\n    @Demo hello\n\n    @Demo again", false)]
    [InlineData("\t@Demo", false)]
    [InlineData("[a link](https://example.org/@Demo)", false)]
    [InlineData("ada`x`@demo", true)]
    [InlineData("`code` and @Demo", true)]
    [InlineData("```\ncode\n```\n@Demo, what is this?", true)]
    [InlineData("**@Demo** and _others_", true)]
    [InlineData("> @Demo said", true)]
    [InlineData("- one\n- @Demo", true)]
    [InlineData("A line\n    @Demo goes on", true)]
    [InlineData("An open ` and @Demo", true)]
    [InlineData("<b>@Demo</b> & more", true)]
    public async Task A_mention_in_code_asks_nobody(string text, bool isAsked)
    {
        await _host.Rooms.ChangeAsync(ChatHost.Ada, _room.Id, null, null, AnswerMode.WhenMentioned, default);
        await _host.PostAsync(_room, text);
        await using var db = _host.OpenDatabase();
        Assert.Equal(isAsked ? 1 : 0, await db.Turns.CountAsync());
    }

    [Fact]
    public async Task Rooms_are_answered_side_by_side_and_do_not_touch_each_other()
    {
        var rooms = new List<Room>();
        for (var i = 0; i < 5; i++)
        {
            rooms.Add(await _host.RoomAsync($"Side {i}"));
            await _host.PostAsync(rooms[i], $"Question {i}");
        }

        var responses = new List<FakeAnswer>();
        for (var i = 0; i < 5; i++)
        {
            responses.Add(await _host.Model.NextAsync());
        }

        responses.Single(a => a.Lines.Contains("Ada: Question 0")).Fail(new ResponseFailedException("No."));
        await _host.Rooms.ClearAsync(ChatHost.Ada, rooms[1].Id, default);
        foreach (var response in responses)
        {
            response.Finish("Answer to " + response.Messages[0].Text);
        }

        for (var i = 2; i < 5; i++)
        {
            using var watch = await _host.WatchAsync(rooms[i]);
            Assert.Equal($"Answer to Question {i}", (await watch.EndedAsync()).Text);
        }

        using var cleared = await _host.WatchAsync(rooms[1]);
        Assert.Empty(cleared.Now.Messages);
    }

    [Fact]
    public async Task Stop_takes_a_waiting_turn_out_of_the_queue_when_none_runs()
    {
        await using var host = await ChatHost.StartAsync(Database, ["--Turns:MaxRunningTurns=1"]);
        var busy = await host.RoomAsync("Busy");
        var waiting = await host.RoomAsync("Waiting");
        await host.PostAsync(busy, "Hello");
        var response = await host.Model.NextAsync();
        await host.PostAsync(waiting, "Me too");
        using var watch = await host.WatchAsync(waiting);
        await watch.UntilAsync(s => s.Queue.Length == 1);

        Assert.Equal(RoomErrorKind.Forbidden, (await host.Responses.StopAsync(ChatHost.Grace, waiting.Id, null, default)).Error?.Kind);
        Assert.Single(watch.Now.Queue);
        Assert.Equal(1, (await host.Responses.StopAsync(ChatHost.Ada, waiting.Id, null, default)).Value);
        Assert.Empty(watch.Now.Queue);
        response.Finish("Done");
        using var busyWatch = await host.WatchAsync(busy);
        await busyWatch.EndedAsync();
        Assert.Equal(1, host.Model.Requests);
    }

    [Fact]
    public async Task A_retry_notice_is_shown_beside_the_answer_and_gone_with_the_first_token()
    {
        await _host.PostAsync(_room, "Hello");
        var response = await _host.Model.NextAsync();
        response.Send(new ChatResponseUpdate { Contents = [new ResponseNoteContent("Retrying in 4 s")] });
        await _watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note == "Retrying in 4 s"));
        response.Say("Here");
        await _watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame is { Note: null, Number: > 1 }));
        response.Finish();
        Assert.Equal("Here", (await _watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task Nothing_is_left_behind_by_a_turn_that_throws()
    {
        await _host.PostAsync(_room, "Hello");
        (await _host.Model.NextAsync()).Say("x").Fail(new InvalidOperationException());
        await _watch.EndedAsync();
        await using var db = _host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
        Assert.Empty(await db.Journal.ToListAsync());
        Assert.Equal(0, _host.App.Services.GetRequiredService<RunningTurns>().Count);
    }
}
