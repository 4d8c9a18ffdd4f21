using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>Another version of a response, more of one, and answers to what was edited.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class AskAgainTests : FlowTests
{
    [Fact]
    public async Task A_regenerated_answer_keeps_what_it_said_and_is_asked_with_what_stood_before_it()
    {
        await Host.LetMembersAsync(Room);
        var first = await AskAsync("One", "A");
        await AskAsync("Two", "B");
        Assert.Null((await Host.Responses.RegenerateAsync(ChatHost.Grace, Room.Id, first.Id, default)).Error);
        var again = await Model.NextAsync();
        Assert.Equal(["Ada: One"], again.Lines);
        using (var late = await Host.WatchAsync(Room, ChatHost.Grace))
        {
            Assert.Equal(2, late.Now.Running.Single().Message.Versions);
        }

        again.Finish("C");
        var now = await UntilAsync(s => s.Find(first.Id)!.Message.Text == "C");
        Assert.Equal([1L, 2, 3, 4], now.Messages.Select(m => m.Message.Sequence));
        var versions = (await Host.Live.ReadVersionsAsync(ChatHost.Ada, Room.Id, first.Id, default)).Value;
        Assert.Equal(["A", "C"], versions.Select(v => v.Message.Text));
        using var later = await Host.WatchAsync(Room, ChatHost.Grace);
        Assert.Equal("C", later.Now.Find(first.Id)!.Message.Text);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Another_version_of_an_answer_that_others_had_asked_behind_answers_its_own_question()
    {
        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        await Host.PostAsync(Room, "Second");
        await Host.PostAsync(Room, "Third", ChatHost.Grace);
        busy.Finish("1");
        (await Model.NextAsync()).Finish("2");
        (await Model.NextAsync()).Finish("3");
        await Watch.EndedAsync(3);
        var second = Watch.Now.Messages.Single(m => m.Message.Text == "2").Message;
        await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, second.Id, default);
        var again = await Model.NextAsync();
        Assert.Equal("Ada: Second", again.Lines.Last());
        again.Finish("2b");
        await UntilAsync(s => s.Find(second.Id)!.Message.Text == "2b");
    }

    [Fact]
    public async Task Regenerating_somebodys_answer_does_not_make_it_ones_own()
    {
        await Host.LetMembersAsync(Room);
        var response = await AskAsync("One", "A");
        await Host.Responses.RegenerateAsync(ChatHost.Grace, Room.Id, response.Id, default);
        (await Model.NextAsync()).Finish("B");
        await UntilAsync(s => s.Find(response.Id)!.Message is { Text: "B", Status.IsEnded: true });
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Rooms.DeleteMessageAsync(ChatHost.Grace, Room.Id, response.Id, default)).Error?.Kind);
        Assert.Null((await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, response.Id, default)).Error);
    }

    [Fact]
    public async Task Two_people_who_regenerate_at_once_get_one_version_and_none_while_it_runs()
    {
        await Host.LetMembersAsync(Room);
        var response = await AskAsync("One", "A");
        var both = await Task.WhenAll(
            Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, response.Id, default), Host.Responses.RegenerateAsync(ChatHost.Grace, Room.Id, response.Id, default));
        Assert.Single(both, r => r.Error is null);
        Assert.Equal(RoomErrorKind.Conflict, both.Single(r => r.Error is not null).Error!.Kind);
        var again = await Model.NextAsync();
        Assert.Equal(RoomErrorKind.Conflict, (await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, response.Id, default)).Error?.Kind);
        again.Finish("B");
        await UntilAsync(s => s.Find(response.Id)!.Message is { Text: "B", Versions: 2 });
        Assert.Equal(2, Model.Requests);
    }

    [Fact]
    public async Task An_answer_has_at_most_fifty_versions()
    {
        var response = await AskAsync("One", "A");
        await using (var db = Host.OpenDatabase())
        {
            await db.Messages.Where(m => m.Id == response.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.Versions, RoomLimits.Versions));
        }

        Assert.Equal(RoomErrorKind.Limit, (await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, response.Id, default)).Error?.Kind);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_cut_answer_goes_on_without_a_break_and_with_steps_anew()
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "Write");
        (await Model.NextAsync()).Finish("The quick bro", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        Assert.True(cut.Status.CanContinue);
        for (var i = 0; i < 6; i++)
        {
            Assert.Null((await Host.Responses.ContinueAsync(ChatHost.Grace, Room.Id, cut.Id, default)).Error);
            var more = await Model.NextAsync();
            Assert.Equal(ChatRole.User, more.Messages[^1].Role);
            Assert.EndsWith(i == 0 ? "bro" : $"{i - 1}", more.Messages[^2].Text, StringComparison.Ordinal);
            more.Finish($"{i}", ChatFinishReason.Length);
            await UntilAsync(s => s.Find(cut.Id)!.Message is { Status: MessageStatus.Cut } m && m.Text.EndsWith($"{i}", StringComparison.Ordinal));
        }

        await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default);
        (await Model.NextAsync()).Finish("wn fox");
        var now = await UntilAsync(s => s.Find(cut.Id)!.Message.Status is MessageStatus.Complete);
        Assert.Equal("The quick bro012345wn fox", now.Find(cut.Id)!.Message.Text);
        Assert.Equal(1, now.Find(cut.Id)!.Message.Versions);
        Assert.Equal(RoomErrorKind.Conflict, (await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default)).Error?.Kind);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_budget_spent_ends_visibly_and_more_can_be_asked_for()
    {
        Host.Assistants.Change = r => Change(r) with { MaxSteps = 2 };
        await Host.PostAsync(Room, "Work");
        for (var i = 0; i < 2; i++)
        {
            (await Model.NextAsync()).Send(Call($"c{i}", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        }

        var cut = await Watch.EndedAsync();
        Assert.Contains("2 steps", Assert.IsType<MessageStatus.Cut>(cut.Status).Reason, StringComparison.Ordinal);
        await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default);
        var more = await Model.NextAsync();
        Assert.Equal(["c0: quick 1", "c1: quick 1"], Results(more));
        more.Send(Call("c2", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        (await Model.NextAsync()).Finish("Done");
        var now = await UntilAsync(s => s.Find(cut.Id)!.Message.Status is MessageStatus.Complete);
        Assert.Equal(3, now.Find(cut.Id)!.Message.Calls.Count());
    }

    [Fact]
    public async Task An_edit_keeps_a_trace_and_its_answer_can_be_asked_for_again()
    {
        var response = await AskAsync("What is 1+1?", "2");
        var question = Watch.Now.Messages[0].Message;
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Rooms.EditAsync(ChatHost.Grace, Room.Id, question.Id, "Mine", default)).Error?.Kind);
        Assert.NotNull((await Host.Rooms.EditAsync(ChatHost.Ada, Room.Id, response.Id, "3", default)).Error);
        Assert.Null((await Host.Rooms.EditAsync(ChatHost.Ada, Room.Id, question.Id, "What is 2+2?", default)).Error);
        var edited = (await UntilAsync(s => s.Messages[0].Message.EditedAt is not null)).Messages[0].Message;
        Assert.Equal(("What is 2+2?", 2), (edited.Text, edited.Versions));
        Assert.Equal(["What is 1+1?", "What is 2+2?"], (await Host.Live.ReadVersionsAsync(ChatHost.Grace, Room.Id, question.Id, default)).Value.Select(v => v.Message.Text));

        Assert.Equal(1, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, question.Id, default)).Value);
        var again = await Model.NextAsync();
        Assert.Equal(["Ada: What is 2+2?"], again.Lines);
        Assert.Equal(RoomErrorKind.Conflict, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, question.Id, default)).Error?.Kind);
        again.Finish("4");
        await UntilAsync(s => s.Find(response.Id)!.Message is { Text: "4", Versions: 2 });
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task An_edited_message_without_an_answer_asks_as_a_new_one_and_one_that_waits_is_not_asked_twice()
    {
        await SetAsync(new RoomSettingsChange { AnswerMode = AnswerMode.WhenMentioned });
        var question = await Host.PostAsync(Room, "Hello");
        await Host.Rooms.EditAsync(ChatHost.Ada, Room.Id, question.Id, "@Demo hello", default);
        Assert.Equal(1, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, question.Id, default)).Value);
        var first = await Model.NextAsync();
        Assert.Equal("Ada: @Demo hello", first.Lines.Last());

        var waiting = await Host.PostAsync(Room, "@Demo second");
        await Host.Rooms.EditAsync(ChatHost.Ada, Room.Id, waiting.Id, "@Demo second, better", default);
        Assert.Equal(RoomErrorKind.Conflict, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, waiting.Id, default)).Error?.Kind);
        Assert.Single(Watch.Now.Queue);
        first.Finish("1");
        var second = await Model.NextAsync();
        Assert.Equal("Ada: @Demo second, better", second.Lines.Last());
        second.Finish("2");
        await Watch.EndedAsync(2);
        await NothingIsLeftAsync();
        Assert.Equal(2, Model.Requests);
    }

    [Fact]
    public async Task Another_version_that_is_withdrawn_leaves_the_answer_as_it_was()
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Fail(new ResponseFailedException("No."));
        var failed = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Two");
        var two = await Model.NextAsync();
        await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, failed.Id, default);
        await Host.Responses.WithdrawAsync(ChatHost.Ada, Room.Id, Watch.Now.Queue.Single().Id, default);
        await UntilAsync(s => s.Queue.IsEmpty);
        Assert.Equal((1, failed.Status), (Watch.Now.Find(failed.Id)!.Message.Versions, Watch.Now.Find(failed.Id)!.Message.Status));
        Assert.Null((await Host.Responses.RegenerateAsync(ChatHost.Grace, Room.Id, failed.Id, default)).Error);
        two.Finish("2");
        (await Model.NextAsync()).Finish("1");
        await UntilAsync(s => s.Find(failed.Id)!.Message is { Text: "1", Versions: 2, Status: MessageStatus.Complete });
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_about_to_go_on_or_to_be_another_is_not_tried_again_too(bool continues)
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Finish("The quick bro", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Two");
        var busy = await Model.NextAsync();
        Assert.Null((continues
            ? await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default)
            : await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, cut.Id, default)).Error);
        var again = await Host.Responses.RegenerateAsync(ChatHost.Grace, Room.Id, cut.Id, default);
        busy.Finish("2");
        Assert.Equal(RoomErrorKind.Conflict, again.Error?.Kind);
    }

    [Fact]
    public async Task An_answer_that_an_earlier_version_answered_anew_stays_and_is_sent_to_nobody()
    {
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Say("Bad").Fail(new ResponseFailedException("No."));
        var failed = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Two");
        var two = await Model.NextAsync();
        var waiting = await Host.PostAsync(Room, "Three");
        await using (var db = Host.OpenDatabase())
        {
            // As it was stored: the answer is marked, and another one waits to begin at the end of the room.
            await db.Messages.Where(m => m.Id == failed.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.IsRetried, true));
            await db.Turns.Where(t => t.QuestionId == waiting.Id)
                .ExecuteUpdateAsync(t => t.SetProperty(x => x.QuestionId, failed.QuestionId).SetProperty(x => x.Before, failed.Sequence));
        }

        Assert.Equal(RoomErrorKind.Conflict, (await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, failed.Id, default)).Error?.Kind);
        two.Finish("2");
        var anew = await Model.NextAsync();
        Assert.Equal(["Ada: One"], anew.Lines);
        anew.Finish("1");
        await Watch.EndedAsync(3);
        await using (var db = Host.OpenDatabase())
        {
            Assert.True((await db.Messages.SingleAsync(m => m.Id == failed.Id)).IsRetried);
        }

        Assert.Equal(["Bad", "2", "1"], Watch.Now.Messages.Where(m => m.Message.Author.Kind == AuthorKind.Assistant).Select(m => m.Message.Text));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task An_answer_that_is_about_to_go_on_can_be_stopped()
    {
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Finish("Half", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Two");
        var two = await Model.NextAsync();
        await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default);
        // What waits in the queue is taken out by whoever may withdraw it.
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Responses.StopAsync(ChatHost.Grace, Room.Id, cut.Id, default)).Error?.Kind);
        Assert.Single(Watch.Now.Queue);
        Assert.Equal(1, (await Host.Responses.StopAsync(ChatHost.Ada, Room.Id, cut.Id, default)).Value);
        Assert.Empty(Watch.Now.Queue);
        two.Finish("2");
        await Watch.EndedAsync(2);
        await NothingIsLeftAsync();
        Assert.Equal(2, Model.Requests);
    }
}
