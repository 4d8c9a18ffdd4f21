using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Tool calls that need a person's yes.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ApprovalTests
{
    private const string What = """{"what":"it"}""";

    [Fact]
    public async Task What_waits_is_on_disk_while_other_calls_of_the_batch_still_run()
    {
        var slow = new TaskCompletionSource<string>();
        using var began = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("slow", () => Begin(began, slow.Task)));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "slow").Finish();
        await began.WaitAsync().Soon();
        var stored = await bench.StoredAsync();
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Running], stored.Calls.Select(c => c.State));
        slow.SetResult("slept");
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Succeeded], (await bench.PausedAsync()).Calls.Select(c => c.State));
        await using var db = bench.Host.OpenDatabase();
        Assert.Equal(TurnStatus.Suspended, Assert.Single(await db.Turns.ToListAsync()).State);
        Assert.False(bench.Host.Model.WasAskedAgain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_yes_runs_the_call_and_the_answer_goes_on_once_in_the_same_message(bool restarted)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Say("May I?").Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        if (restarted)
        {
            await bench.RestartAsync();
            Assert.Equal(paused.Calls, (await bench.PausedAsync()).Calls);
        }

        var decided = await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true, " go \n ahead ");
        var decision = Assert.Single(decided.Value.Calls).Decision!;
        Assert.Equal((true, "Ada", "go  ahead"), (decision.IsApproved, decision.By.Name, decision.Reason));
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: did it"], next.Results);
        next.Say("Did ");
        await bench.SeenAsync("text May I?", "call careful Succeeded did it", "text Did");
        using var late = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
        Assert.Equal(["text May I?", "call careful Succeeded did it", "text Did"], TurnBench.Lines(TurnBench.Newest(late.Now)!));
        next.Finish("it.");
        var ended = await bench.EndedAsync();
        Assert.Equal((paused.Id, "May I?\n\nDid it."), (ended.Id, ended.Text));
        Assert.Equal(decision, Assert.Single(ended.Calls).Decision);
        Assert.Equal(2, bench.Watch.Now.Messages.Length);
        Assert.Equal(restarted ? 1 : 2, bench.Host.Model.Requests);
        await using var db = bench.Host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
    }

    [Fact]
    public async Task A_no_with_its_reason_is_the_result_that_the_model_gets()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        await bench.DecideAsync(ChatHost.Ada, await bench.PausedAsync(), "c1", yes: false, "Not \ud83dtoday");
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not run: Ada rejected this call. Reason: Not today"], next.Results);
        next.Finish("Then not.");
        var call = Assert.Single((await bench.EndedAsync()).Calls);
        Assert.Equal((ToolCallState.Rejected, "Not today"), (call.State, call.Decision!.Reason));
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(RoomErrorKind.Invalid, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", true, new string('x', RoomLimits.ReasonLength + 1))).Error?.Kind);
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);
    }

    [Fact]
    public async Task Two_requests_of_one_batch_are_answered_apart_and_the_answer_goes_on_once()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"one"}""").Call("c2", "careful", """{"what":"two"}""").Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true)).Error);
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Ready], (await bench.StoredAsync()).Calls.Select(c => c.State));
        Assert.False(bench.Host.Model.WasAskedAgain);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: false)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not run: Ada rejected this call.", "c2: did two"], next.Results);
        next.Finish("One of two.");
        await bench.EndedAsync();
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_yes_while_other_calls_still_run_lets_the_answer_go_on_by_itself()
    {
        var slow = new TaskCompletionSource<string>();
        using var began = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("slow", () => Begin(began, slow.Task)));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "slow").Finish();
        await began.WaitAsync().Soon();
        var decided = await bench.DecideAsync(ChatHost.Ada, await bench.StoredAsync(), "c1", yes: true);
        Assert.Null(decided.Error);
        Assert.True((await bench.StoredAsync()).Calls.First().Decision!.IsApproved);
        slow.SetResult("slept");
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: did it", "c2: slept"], next.Results);
        next.Finish("Both.");
        await bench.EndedAsync();
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_call_beside_one_that_shows_data_runs_after_its_yes()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("shows", (BlazorChat.Turns.Tools.ToolCallContext call) => call.Publish(new DataPart("note", null, "1"))));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "shows").Finish();
        await bench.DecideAsync(ChatHost.Ada, await bench.PausedAsync(), "c1", yes: true);
        var next = await bench.Host.Model.NextAsync();
        Assert.Contains("c1: did it", next.Results);
        next.Finish("Both.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task A_decision_and_the_last_results_that_come_together_let_it_go_on_once()
    {
        TaskCompletionSource<string> slow = new();
        using var began = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("slow", () => Begin(began, slow.Task)));
        for (var round = 0; round < 25; round++)
        {
            slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (await bench.AskAsync($"Round {round}")).Call("c1", "careful", What).Call("c2", "slow").Finish();
            await began.WaitAsync().Soon();
            var response = await bench.StoredAsync();
            var deciding = Task.Run(() => bench.DecideAsync(ChatHost.Ada, response, "c1", yes: true));
            slow.SetResult("slept");
            Assert.Null((await deciding).Error);
            var next = await bench.Host.Model.NextAsync();
            Assert.Equal(["c1: did it", "c2: slept"], next.Results.TakeLast(2));
            next.Finish($"Done {round}.");
            await bench.UntilAsync(m => m.Status.IsEnded && m.Text == $"Done {round}.");
            Assert.Equal(2 * (round + 1), bench.Host.Model.Requests);
        }
    }

    [Fact]
    public async Task Of_two_that_decide_at_the_same_time_one_counts()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        var room = (await bench.Host.Rooms.CreateAsync(ChatHost.Grace, "Grace's", default)).Value;
        for (var round = 0; round < 15; round++)
        {
            await bench.Host.PostAsync(room, $"Round {round}");
            (await bench.Host.Model.NextAsync()).Call("c1", "careful", What).Finish();
            using var watch = await bench.Host.WatchAsync(room);
            var response = (await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.AwaitingPeople)).Messages[^1].Message;
            Task<Result<Message>> Decide(Person by, bool yes) =>
                Task.Run(() => bench.Responses.DecideAsync(by, room.Id, response.Id, "c1", What, yes, null, default));
            var both = await Task.WhenAll(Decide(ChatHost.Ada, true), Decide(ChatHost.Grace, false));
            var refused = Assert.Single(both, r => r.Error is not null).Error!;
            Assert.Equal(RoomErrorKind.Conflict, refused.Kind);
            var next = await bench.Host.Model.NextAsync();
            Assert.Equal(both[0].Error is null ? "c1: did it" : "c1: Not run: Grace rejected this call.", next.Results.Last());
            next.Finish("Done.");
            await watch.UntilAsync(s => s.Messages[^1].Message.Status.IsEnded);
            Assert.Equal(2 * (round + 1), bench.Host.Model.Requests);
        }
    }

    [Fact]
    public async Task When_the_asker_writes_instead_all_of_the_batch_is_rejected_or_ended_and_the_next_turn_knows()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"one"}""").Call("c2", "careful", """{"what":"two"}""").Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var next = await bench.AskAsync("Never mind. What time is it?");
        Assert.Equal(["c1: Not run: the answer had already ended.", "c2: Not run: Ada rejected this call. Reason: wrote a new message instead"], next.Results);
        Assert.Equal("Ada: Never mind. What time is it?", next.Lines.Last());
        next.Finish("Five.");
        await bench.UntilAsync(m => m.Text == "Five." && m.Status.IsEnded);
        var before = bench.Watch.Now.Messages.Single(m => m.Message.Id == paused.Id).Message;
        Assert.IsType<MessageStatus.Complete>(before.Status);
        Assert.All(before.Calls, c => Assert.True(c.IsFinished));
        Assert.Equal("wrote a new message instead", before.Calls.Last().Decision!.Reason);
        // The same decision again changes nothing.
        Assert.Equal(before.Calls, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Value.Calls);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true)).Error?.Kind);
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task When_somebody_else_writes_the_request_waits_on()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        var other = await bench.AskAsync("And me?", ChatHost.Grace);
        Assert.Equal(["c1: (No result yet: a person has not answered.)"], other.Results);
        other.Finish("You too.");
        await bench.UntilAsync(m => m.Text == "You too." && m.Status.IsEnded);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["Ada: Go"], next.Lines.Take(1));
        Assert.DoesNotContain(next.Lines, l => l.Contains("And me?", StringComparison.Ordinal));
        next.Finish("Done.");
        await bench.Watch.UntilAsync(s => s.Messages.Single(m => m.Message.Id == paused.Id).Message.Status is MessageStatus.Complete);
    }

    [Fact]
    public async Task When_the_asker_writes_while_the_batch_still_runs_what_waits_is_rejected()
    {
        var slow = new TaskCompletionSource<string>();
        using var began = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("slow", () => Begin(began, slow.Task)));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "slow").Finish();
        await began.WaitAsync().Soon();
        await bench.Host.PostAsync(bench.Room, "Never mind");
        await bench.SeenAsync("c1", c => c.State == ToolCallState.Rejected);
        slow.SetResult("slept");
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not run: Ada rejected this call. Reason: wrote a new message instead", "c2: slept"], next.Results);
        next.Finish("All right.");
        (await bench.Host.Model.NextAsync()).Finish("Yes?");
        await bench.UntilAsync(m => m.Text == "Yes?" && m.Status.IsEnded);
    }

    [Fact]
    public async Task A_stop_while_the_model_goes_on_keeps_the_result_and_what_it_has_said()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        bench.Host.Assistants.Change = r => r with { Tools = ["careful"] };
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"it"}""").Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", true)).Error);
        var model = await bench.Host.Model.NextAsync();
        model.Say("So far");
        await bench.SeenAsync("call careful Succeeded did it", "text So far");
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, paused.Id, default)).Value);
        await model.Stopped.Soon();
        var ended = await bench.EndedAsync();
        Assert.Equal((paused.Id, "So far", true), (ended.Id, ended.Text, ended.Status is MessageStatus.Stopped));
        Assert.Equal(("did it", ToolCallState.Succeeded), (ended.Calls.Single().Result, ended.Calls.Single().State));
        (await bench.AskAsync("Next")).Finish("Fine.");
        await bench.UntilAsync(m => m is { Text: "Fine.", Status.IsEnded: true });
    }

    [Fact]
    public async Task A_stop_reaches_a_continuation_and_the_tool_that_runs_in_it()
    {
        var began = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("long", async (CancellationToken token) =>
        {
            token.Register(() => told.TrySetResult());
            began.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        }, BlazorChat.Turns.Tools.ChatTool.Always));
        (await bench.AskAsync()).Call("c1", "long").Finish();
        await bench.DecideAsync(ChatHost.Ada, await bench.PausedAsync(), "c1", yes: true);
        await began.Task.Soon();
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, null, default)).Value);
        await told.Task.Soon();
        var ended = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Stopped("Grace"), ended.Status);
        Assert.Equal("Not finished: Grace stopped the answer.", Assert.Single(ended.Calls).Result);
        Assert.Equal(1, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_room_that_is_cleared_while_something_waits_stays_empty()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.Host.Rooms.ClearAsync(ChatHost.Ada, bench.Room.Id, default)).Error);
        Assert.Equal(RoomErrorKind.NotFound, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error?.Kind);
        (await bench.AskAsync("Afresh")).Finish("Clean.");
        await bench.EndedAsync();
        Assert.Equal(["Afresh", "Clean."], bench.Watch.Now.Messages.Select(m => m.Message.Text));
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    private static Task<string> Begin(SemaphoreSlim began, Task<string> result)
    {
        began.Release();
        return result;
    }
}
