using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
        Assert.Equal(["c1: Not run: \"Ada\" rejected this call. Reason: Not today"], next.Results);
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
        Assert.Equal(["c1: Not run: \"Ada\" rejected this call.", "c2: did two"], next.Results);
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
            Assert.Equal(both[0].Error is null ? "c1: did it" : "c1: Not run: \"Grace\" rejected this call.", next.Results.Last());
            next.Finish("Done.");
            await watch.UntilAsync(s => s.Messages[^1].Message.Status.IsEnded);
            Assert.Equal(2 * (round + 1), bench.Host.Model.Requests);
        }
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("clear")]
    [InlineData("delete the question")]
    [InlineData("delete the response")]
    [InlineData("edit the question")]
    [InlineData("continue")]
    [InlineData("begin anew")]
    public async Task A_yes_that_comes_together_with_something_else_runs_the_call_once_or_is_refused(string other)
    {
        var runs = 0;
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("careful", (string what) => $"did {what} {Interlocked.Increment(ref runs)}", ChatTool.Always));
        for (var round = 0; round < 12; round++)
        {
            var before = Volatile.Read(ref runs);
            (await bench.AskAsync($"Go {round}")).Call($"c{round}", "careful", What).Finish();
            var paused = await bench.UntilAsync(m => m.Status is MessageStatus.AwaitingPeople && m.Calls.Any(c => c.CallId == $"c{round}"));
            async Task<RoomError?> Other() => other switch
            {
                "stop" => (await bench.Responses.StopAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Error,
                "clear" => (await bench.Host.Rooms.ClearAsync(ChatHost.Ada, bench.Room.Id, default)).Error,
                "delete the question" => (await bench.Host.Rooms.DeleteMessageAsync(ChatHost.Ada, bench.Room.Id, paused.QuestionId!.Value, default)).Error,
                "delete the response" => (await bench.Host.Rooms.DeleteMessageAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Error,
                "edit the question" => (await bench.Host.Rooms.EditAsync(ChatHost.Ada, bench.Room.Id, paused.QuestionId!.Value, $"Went {round}", default)).Error,
                "continue" => (await bench.Responses.ContinueAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Error,
                _ => (await bench.Responses.RegenerateAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Error,
            };
            var decision = Task.Run(() => bench.DecideAsync(ChatHost.Ada, paused, $"c{round}", yes: true));
            await Task.WhenAll(decision, Task.Run(Other));

            // Whatever of the two came first, the room goes on.
            await bench.Host.PostAsync(bench.Room, $"Next {round}");
            while (true)
            {
                var request = await bench.Host.Model.NextAsync();
                request.Finish("ok");
                if (request.Lines.Last().EndsWith($"Next {round}", StringComparison.Ordinal))
                {
                    break;
                }
            }

            await bench.Watch.UntilAsync(s => s.Messages.All(m => m.Message.Status.IsEnded) && s.Messages[^1].Message.Text == "ok");
            Assert.InRange(Volatile.Read(ref runs) - before, 0, (await decision).Error is null ? 1 : 0);
            await using var db = bench.Host.OpenDatabase();
            Assert.Empty(await db.Turns.ToListAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_writes_meanwhile_is_answered_and_the_request_waits_on(bool isAsker)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"one"}""").Call("c2", "careful", """{"what":"two"}""").Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);

        // The model is told that neither has run, in results for each of its calls.
        var other = await bench.AskAsync("And me?", isAsker ? ChatHost.Ada : ChatHost.Grace);
        Assert.Equal(
            ["c1: (No result yet. This call was approved, and runs when the other calls made with it have been decided.)",
             "c2: (No result yet. This call has not run: it is waiting for a person's approval.)"], other.Results);
        Assert.Equal($"{(isAsker ? "Ada" : "Grace")}: And me?", other.Lines.Last());
        other.Finish("You too.");
        await bench.UntilAsync(m => m.Text == "You too." && m.Status.IsEnded);

        await bench.RestartAsync();
        Assert.Equal([ToolCallState.Ready, ToolCallState.AwaitingApproval], bench.Watch.Now.Find(paused.Id)!.Message.Calls.Select(c => c.State));
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: did one", "c2: did two"], next.Results);
        Assert.Equal(["Ada: Go"], next.Lines.Take(1));
        Assert.DoesNotContain(next.Lines, l => l.Contains("And me?", StringComparison.Ordinal));
        next.Finish("Done.");
        await bench.Watch.UntilAsync(s => s.Find(paused.Id)!.Message.Status is MessageStatus.Complete);
    }

    [Fact]
    public async Task A_message_while_the_batch_still_runs_leaves_what_waits_alone()
    {
        var slow = new TaskCompletionSource<string>();
        using var began = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("slow", () => Begin(began, slow.Task)));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "slow").Finish();
        await began.WaitAsync().Soon();
        await bench.Host.PostAsync(bench.Room, "By the way");
        slow.SetResult("slept");
        // The assistant is free for the next question while the first waits.
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal("Ada: By the way", next.Lines.Last());
        next.Finish("Yes?");
        var now = await bench.Watch.UntilAsync(s => s.Messages[^1].Message is { Text: "Yes?", Status.IsEnded: true });
        var first = now.Messages.Single(m => m.Message.Status is MessageStatus.AwaitingPeople).Message;
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Succeeded], first.Calls.Select(c => c.State));
    }

    [Fact]
    public async Task A_request_that_nobody_answers_expires_and_the_answer_goes_on_without_it()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Browser());
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.All(paused.Calls, c => Assert.InRange(c.ExpiresAt!.Value, TimeProvider.System.GetUtcNow().AddHours(23), TimeProvider.System.GetUtcNow().AddHours(24)));
        await ExpireAsync(bench);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error?.Kind);

        // What expired while the server was down expires after the start.
        await bench.RestartAsync();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(
            ["c1: Not run: the request for approval expired. Nobody approved or rejected it in time.",
             "c2: Not run: the request expired. The person's browser was not there in time."], next.Results);
        next.Finish("Then not.");
        var ended = await bench.EndedAsync();
        Assert.Equal((paused.Id, "Then not."), (ended.Id, ended.Text));
        Assert.All(ended.Calls, c => Assert.Equal((ToolCallState.Expired, null as ToolDecision), (c.State, c.Decision)));
        Assert.Equal(RoomErrorKind.NotFound, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error?.Kind);
    }

    [Fact]
    public async Task Requests_expire_by_themselves_after_the_time_that_the_setting_gives()
    {
        await using var host = await ChatHost.StartAsync(
            b => b.Services.AddSingleton(TurnBench.Careful()), settings: ["--Turns:RequestsExpireAfter=00:00:01"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Go");
        (await host.Model.NextAsync()).Call("c1", "careful", What).Finish();
        var next = await host.Model.NextAsync();
        Assert.Contains("expired", Assert.Single(next.Results), StringComparison.Ordinal);
        next.Finish("Then not.");
        Assert.Equal("Then not.", (await watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task At_most_five_requests_of_one_person_wait_in_a_room()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Browser());
        var request = await bench.AskAsync();
        for (var i = 1; i <= 4; i++)
        {
            request.Call($"c{i}", "careful", What);
        }

        request.Finish();
        var first = await bench.PausedAsync();
        request = await bench.AskAsync("More");
        request.Call("c5", "clipboard").Call("c6", "careful", What).Finish();
        var second = await bench.UntilAsync(m => m.Id != first.Id && m.Status is MessageStatus.AwaitingPeople);
        Assert.Equal([ToolCallState.AwaitingBrowser, ToolCallState.Failed], second.Calls.Select(c => c.State));
        Assert.Contains("5 requests to \"Ada\" are already waiting", second.Calls.Last().Result, StringComparison.Ordinal);

        // Others have places of their own, and a decision makes room.
        (await bench.AskAsync("And I?", ChatHost.Grace)).Call("c7", "careful", What).Finish();
        await bench.UntilAsync(m => m.Owner == ChatHost.Grace.AsAuthor() && m.Status is MessageStatus.AwaitingPeople);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, first, "c1", yes: false)).Error);
        (await bench.AskAsync("Now?")).Call("c8", "careful", What).Finish();
        var last = await bench.UntilAsync(m => m.Calls.Any(c => c.CallId == "c8") && m.Status is MessageStatus.AwaitingPeople);
        Assert.Equal(ToolCallState.AwaitingApproval, last.Calls.Single().State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_ends_what_waits_for_somebody_who_is_away(bool byId)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync()).Say("Let me look.").Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, byId ? paused.Id : null, default)).Value);
        var ended = await bench.EndedAsync();
        Assert.Equal((new MessageStatus.Stopped("Grace"), "Let me look."), (ended.Status, ended.Text));
        Assert.Equal((ToolCallState.Failed, "Not finished: \"Grace\" stopped the answer."), (ended.Calls.Single().State, ended.Calls.Single().Result));
        Assert.Equal(0, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, paused.Id, default)).Value);
        await using (var db = bench.Host.OpenDatabase())
        {
            Assert.Empty(await db.Turns.ToListAsync());
        }

        // It can go on from there, as one that was stopped while it was written.
        Assert.Null((await bench.Responses.ContinueAsync(ChatHost.Grace, bench.Room.Id, paused.Id, default)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not finished: \"Grace\" stopped the answer."], next.Results);
        next.Finish("Without it.");
        Assert.Equal("Let me look.\n\nWithout it.", (await bench.EndedAsync()).Text);
    }

    [Fact]
    public async Task What_waits_can_go_on_without_its_answer_or_begin_anew()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync()).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.Responses.ContinueAsync(ChatHost.Grace, bench.Room.Id, paused.Id, default)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not run: \"Grace\" did not wait for it."], next.Results);
        next.Call("c2", "clipboard").Finish();
        paused = await bench.UntilAsync(m => m.Status is MessageStatus.AwaitingPeople && m.Calls.Count() == 2);

        Assert.Null((await bench.Responses.RegenerateAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Error);
        next = await bench.Host.Model.NextAsync();
        Assert.Empty(next.Results);
        next.Finish("Anew.");
        var ended = await bench.UntilAsync(m => m is { Text: "Anew.", Status.IsEnded: true });
        Assert.Equal((paused.Id, 2), (ended.Id, ended.Versions));
        Assert.Equal(RoomErrorKind.NotFound, (await bench.Responses.AnswerBrowserCallAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c2", "late", false, default)).Error?.Kind);
        await using var db = bench.Host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
    }

    [Theory]
    [InlineData("Does it, and more.", "", "Do it", null, "its description")]
    [InlineData("Does it.", "destructive", "Do it", null, "its effects")]
    [InlineData("Does it.", "", "Look at it", null, "its title")]
    [InlineData("Does it.", "", null, null, "its title")]
    [InlineData("Does it.", "", "Do it", "other", "its title")]
    public async Task An_approval_covers_the_tool_that_was_shown_and_no_other(string description, string annotations, string? title, string? ownName, string expected)
    {
        var tool = Described("Does it.", "", "Do it");
        var source = new ChangingTools(tool);
        await using var bench = await TurnBench.StartAsync(services => services.AddSingleton<IToolSource>(source));
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal("Do it", paused.Calls.Single().Label?.Title);
        source.Tools = [Described(description, annotations, title, ownName)];
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);

        var again = await bench.UntilAsync(m => m.Status is MessageStatus.AwaitingPeople && m.Calls.Single().AskedAgain is not null);
        var call = again.Calls.Single();
        Assert.Equal((ToolCallState.AwaitingApproval, null as ToolDecision), (call.State, call.Decision));
        Assert.Contains(expected, call.AskedAgain, StringComparison.Ordinal);
        Assert.Equal((title, ownName), (call.Label?.Title, call.Label?.OwnName));
        // A click on the old card that comes late approves nothing.
        Assert.Equal(RoomErrorKind.Conflict, (await bench.Responses.DecideAsync(
            ChatHost.Ada, bench.Room.Id, again.Id, "c1", What, true, null, default, paused.Calls.Single().Tool)).Error?.Kind);
        Assert.False(bench.Host.Model.WasAskedAgain);

        Assert.Null((await bench.Responses.DecideAsync(ChatHost.Ada, bench.Room.Id, again.Id, "c1", What, true, null, default, call.Tool)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: did it"], next.Results);
        next.Finish("Done.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task An_approved_call_that_a_changed_tool_no_longer_takes_fails_and_is_not_asked_about()
    {
        var source = new ChangingTools(Described("Does it.", ""));
        await using var bench = await TurnBench.StartAsync(services => services.AddSingleton<IToolSource>(source));
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        source.Tools = [new ChatTool(ChatFunctions.Create((string disk) => $"did {disk}", "careful", "Does it.")) { NeedsApproval = ChatTool.Always }];
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Contains("has changed since this call was made (the arguments that it takes)", Assert.Single(next.Results), StringComparison.Ordinal);
        next.Finish("I see.");
        Assert.Equal(ToolCallState.Failed, (await bench.EndedAsync()).Calls.Single().State);
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
        Assert.Equal("Not finished: \"Grace\" stopped the answer.", Assert.Single(ended.Calls).Result);
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

    // As if the time had passed.
    private static async Task ExpireAsync(TurnBench bench)
    {
        await using var db = bench.Host.OpenDatabase();
        var message = await db.Messages.SingleAsync(m => m.Status == StoredStatus.AwaitingPeople);
        var past = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        message.Parts = MessagePartsJson.Write(MessagePartsJson.Read(message.Parts).Select(p => p is ToolCallPart { IsAwaited: true } call ? call with { ExpiresAt = past } : p));
        (await db.Turns.SingleAsync()).NotBefore = past;
        await db.SaveChangesAsync();
    }

    private static ChatTool Described(string description, string annotations, string? title = null, string? ownName = null) =>
        new(ChatFunctions.Create((string what) => $"did {what}", "careful", description))
        {
            NeedsApproval = ChatTool.Always, Annotations = annotations, Title = title, OwnName = ownName,
        };

    private sealed class ChangingTools(ChatTool tool) : IToolSource
    {
        public IReadOnlyList<ChatTool> Tools { get; set; } = [tool];
    }

    private static Task<string> Begin(SemaphoreSlim began, Task<string> result)
    {
        began.Release();
        return result;
    }
}
