using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Turns;

/// <summary>What becomes of a turn and of its response: rules alone, without a host or a database.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class TurnTransitionsTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Grace = new(AuthorKind.Person, "g", "Grace");
    private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Turn _turn = new(Guid.NewGuid(), Guid.NewGuid(), "demo", Grace, Now.AddMinutes(-1)) { QuestionId = Guid.NewGuid() };

    [Fact]
    public void A_response_is_whose_question_it_answers_whoever_asked_for_it()
    {
        var room = new Room { Id = _turn.RoomId, Name = "Room", CreatedAt = Now, LastActivityAt = Now, LastSequence = 5 };
        var (turn, response) = TurnTransitions.Begin(_turn, room, Demo, asker: Ada, Now);
        Assert.Equal((Ada, Ada, 5, true), (response.AskedBy, response.Owner, response.Sequence, response.IsRunning));
        Assert.Equal((TurnStatus.Running, response.Id, Now), (turn.Status, turn.MessageId!.Value, turn.BeganAt!.Value));
        Assert.Equal(Grace, TurnTransitions.Begin(_turn, room, Demo, asker: null, Now).Response.AskedBy);
        // What a service asked, the person who wants it again can decide about.
        Assert.Equal(Grace, TurnTransitions.Begin(_turn, room, Demo, asker: new Author(AuthorKind.Service, "clock", "Clock"), Now).Response.AskedBy);

        // Another version changes nothing about that, nor about when it began.
        var (again, resumed) = TurnTransitions.Resume(turn with { IsRegeneration = true }, response with { Parts = [new TextPart("Old")], Versions = 1 }, Now.AddHours(1));
        Assert.Equal((Ada, 2, Now), (resumed.AskedBy, resumed.Versions, again.BeganAt!.Value));
        Assert.Empty(resumed.Parts);
        Assert.False(again.IsRegeneration);
    }

    [Fact]
    public void What_goes_on_keeps_what_stands_there()
    {
        var (turn, response) = TurnTransitions.Resume(_turn, Response(MessageStatus.Interrupted.Instance, new TextPart("Half")) with { EndedAt = Now }, Now);
        Assert.Equal((true, null, 1, TurnStatus.Running), (response.IsRunning, response.EndedAt, response.Versions, turn.Status));
        Assert.Equal("Half", response.Text);
    }

    [Theory]
    [InlineData(ToolCallState.AwaitingApproval, TurnStatus.Suspended)]
    [InlineData(ToolCallState.AwaitingBrowser, TurnStatus.Suspended)]
    [InlineData(ToolCallState.Ready, TurnStatus.Ready)]
    public void A_response_that_waits_for_people_goes_on_at_once_when_all_have_answered(ToolCallState state, TurnStatus expected)
    {
        var (turn, response) = End(MessageStatus.AwaitingPeople.Instance, Call("1", state));
        Assert.Equal((expected, null), (turn!.Status, response.EndedAt));
    }

    [Fact]
    public void A_response_that_was_cut_off_counts_how_often_and_how_far_it_came()
    {
        var (turn, _) = End(MessageStatus.Recovering.Instance, new TextPart("12345"));
        Assert.Equal((TurnStatus.Ready, 1, 5), (turn!.Status, turn.Recoveries, turn.RecoveredProgress));
    }

    [Fact]
    public void A_response_that_is_over_takes_its_turn_with_it()
    {
        var (turn, response) = End(MessageStatus.Complete.Instance, new TextPart("Done"));
        Assert.Null(turn);
        Assert.Equal(Now, response.EndedAt);
    }

    [Fact]
    public void The_last_decision_lets_the_turn_go_on_and_no_other()
    {
        var response = Response(MessageStatus.AwaitingPeople.Instance, Call("1", ToolCallState.AwaitingApproval), Call("2", ToolCallState.AwaitingApproval));
        var suspended = _turn with { Status = TurnStatus.Suspended };
        var (turn, decided) = TurnTransitions.Decide(suspended, response, Call("2", ToolCallState.Ready));
        Assert.Equal(TurnStatus.Suspended, turn.Status);
        (turn, decided) = TurnTransitions.Decide(turn, decided, Call("1", ToolCallState.Rejected));
        Assert.Equal(TurnStatus.Ready, turn.Status);
        Assert.Equal([ToolCallState.Rejected, ToolCallState.Ready], decided.Calls.Select(c => c.State));
    }

    [Fact]
    public void A_waiting_response_that_is_stopped_ends_and_nothing_of_it_runs()
    {
        var response = TurnTransitions.Stop(
            Response(MessageStatus.AwaitingPeople.Instance, Call("1", ToolCallState.AwaitingApproval), Call("2", ToolCallState.Ready), Call("3", ToolCallState.Succeeded)), Ada, "Stopped.", Now);
        Assert.Equal([ToolCallState.Failed, ToolCallState.Failed, ToolCallState.Succeeded], response.Calls.Select(c => c.State));
        Assert.Equal((new MessageStatus.Stopped("Ada"), Now), (response.Status, response.EndedAt));
    }

    [Fact]
    public void Each_request_expires_at_its_own_time_and_the_last_one_lets_the_turn_go_on()
    {
        var response = Response(
            MessageStatus.AwaitingPeople.Instance,
            Call("1", ToolCallState.AwaitingApproval) with { ExpiresAt = Now.AddHours(1) }, Call("2", ToolCallState.AwaitingBrowser) with { ExpiresAt = Now.AddHours(2) });
        var suspended = TurnTransitions.End(_turn with { Status = TurnStatus.Running }, response, new EndedTurn(
            _turn.RoomId, response.Id, response.Parts, MessageStatus.AwaitingPeople.Instance, 1, new ResponseMetadata(), default, null, Now)).Turn!;
        Assert.Equal((TurnStatus.Suspended, Now.AddHours(1)), (suspended.Status, suspended.NotBefore));

        var (turn, expired) = TurnTransitions.Expire(suspended, response, TimeSpan.FromDays(1), Now.AddHours(1));
        Assert.Equal((TurnStatus.Suspended, Now.AddHours(2)), (turn.Status, turn.NotBefore));
        Assert.Equal([ToolCallState.Expired, ToolCallState.AwaitingBrowser], expired.Calls.Select(c => c.State));

        (turn, expired) = TurnTransitions.Expire(turn, expired, TimeSpan.FromDays(1), Now.AddHours(3));
        Assert.Equal((TurnStatus.Ready, (DateTimeOffset?)null), (turn.Status, turn.NotBefore));
        Assert.All(expired.Calls, c => Assert.Equal((ToolCallState.Expired, null as ToolDecision), (c.State, c.Decision)));
        Assert.All(expired.Calls, c => Assert.Contains("expired", c.Result, StringComparison.Ordinal));
        Assert.All(expired.Calls, c => Assert.DoesNotContain("rejected this", c.Result, StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_of_an_earlier_version_gets_the_whole_time_from_now_on()
    {
        var response = Response(MessageStatus.AwaitingPeople.Instance, Call("1", ToolCallState.AwaitingApproval));
        var (turn, dated) = TurnTransitions.Expire(_turn with { Status = TurnStatus.Suspended }, response, TimeSpan.FromDays(1), Now);
        Assert.Equal((TurnStatus.Suspended, Now.AddDays(1)), (turn.Status, turn.NotBefore));
        Assert.Equal((ToolCallState.AwaitingApproval, Now.AddDays(1)), (dated.Calls.Single().State, dated.Calls.Single().ExpiresAt));
    }

    [Fact]
    public void An_answer_of_people_begins_the_count_of_recoveries_and_their_time_anew()
    {
        var response = Response(MessageStatus.AwaitingPeople.Instance, Call("1", ToolCallState.AwaitingApproval));
        var suspended = _turn with { Status = TurnStatus.Suspended, BeganAt = Now.AddDays(-3), Recoveries = 2 };
        var (turn, _) = TurnTransitions.Decide(suspended, response, Call("1", ToolCallState.Ready));
        Assert.Equal((TurnStatus.Ready, 0, (DateTimeOffset?)null), (turn.Status, turn.Recoveries, turn.BeganAt));
    }

    [Fact]
    public void What_the_journal_has_is_added_and_what_ran_has_failed()
    {
        var response = Response(MessageStatus.Streaming.Instance, new TextPart("One") { Step = 0 }, Call("1", ToolCallState.Running) with { Step = 0 }) with { Step = 1 };
        var pieces = new[] { new JournalPiece(response.Id, 1, 1, false, "Two"), new JournalPiece(response.Id, 1, 2, false, ", three") };
        var running = _turn with { Status = TurnStatus.Running, BeganAt = Now.AddMinutes(-1), MessageId = response.Id };
        var goesOn = new RecoveryPolicy(RecoveryMode.Continue, 3, TimeSpan.FromHours(1));
        var (turn, recovered) = TurnTransitions.Recover(running, response, pieces, goesOn, Now);
        Assert.Equal(["One", "Two, three"], recovered.Parts.OfType<TextPart>().Select(p => p.Text));
        Assert.Equal((ToolCallState.Failed, 2, TurnStatus.Ready), (recovered.Calls.Single().State, recovered.Step, turn!.Status));
        Assert.IsType<MessageStatus.Recovering>(recovered.Status);

        (turn, recovered) = TurnTransitions.Recover(running, response, pieces, goesOn with { Mode = RecoveryMode.Mark }, Now);
        Assert.Null(turn);
        Assert.Equal((MessageStatus.Interrupted.Instance, Now), (recovered.Status, recovered.EndedAt));
    }

    [Fact]
    public void A_response_that_gets_no_further_is_not_recovered_for_ever()
    {
        var response = Response(MessageStatus.Streaming.Instance, new TextPart("Same"));
        var turn = _turn with { Status = TurnStatus.Running, BeganAt = Now, MessageId = response.Id };
        var policy = new RecoveryPolicy(RecoveryMode.Continue, 3, TimeSpan.FromHours(1));
        var next = turn;
        for (var recovery = 1; recovery <= 3; recovery++)
        {
            next = TurnTransitions.Recover(next, response, [], policy, Now).Turn!;
            Assert.Equal(recovery, next.Recoveries);
        }

        Assert.Null(TurnTransitions.Recover(next, response, [], policy, Now).Turn);
        Assert.Null(TurnTransitions.Recover(turn, response, [], policy, Now.AddHours(2)).Turn);
        Assert.Null(TurnTransitions.Recover(turn, response, [], policy with { MaxRecoveries = 0 }, Now).Turn);

        // Progress begins the count anew, however often it was cut off before.
        var further = response with { Parts = [new TextPart("Same, and more")] };
        Assert.Equal(1, TurnTransitions.Recover(next, further, [], policy, Now).Turn!.Recoveries);
    }

    [Fact]
    public void A_withdrawn_turn_lets_go_of_its_response()
    {
        var waiting = Response(MessageStatus.Recovering.Instance, Call("1", ToolCallState.Ready));
        var let = TurnTransitions.LetGo(_turn with { MessageId = waiting.Id }, waiting, Now);
        Assert.Equal((MessageStatus.Interrupted.Instance, ToolCallState.Failed), (let.Status, let.Calls.Single().State));

        var complete = Response(MessageStatus.Complete.Instance, new TextPart("Whole"));
        Assert.Same(complete, TurnTransitions.LetGo(_turn with { MessageId = complete.Id }, complete, Now));

        var retried = complete with { IsRetried = true };
        Assert.False(TurnTransitions.LetGo(_turn with { Before = retried.Sequence }, retried, Now).IsRetried);
    }

    private (Turn? Turn, Message Response) End(MessageStatus status, params ImmutableArray<MessagePart> parts) => TurnTransitions.End(
        _turn with { Status = TurnStatus.Running }, Response(MessageStatus.Streaming.Instance),
        new EndedTurn(_turn.RoomId, Guid.NewGuid(), parts, status, 1, new ResponseMetadata(), default, null, Now));

    private static ToolCallPart Call(string id, ToolCallState state) => new(id, "tool") { State = state, Arguments = "{}" };

    private Message Response(MessageStatus status, params ImmutableArray<MessagePart> parts) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = _turn.RoomId,
        Sequence = 7,
        Author = Demo,
        Parts = parts,
        Status = status,
        CreatedAt = Now,
        AskedBy = Ada,
    };
}
