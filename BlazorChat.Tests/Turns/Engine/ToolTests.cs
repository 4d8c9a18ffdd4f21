using System.Collections.Concurrent;
using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Tools of the server within turns.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ToolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_repeats_itself_is_stopped_and_its_text_can_be_continued(bool thinks)
    {
        await using var bench = await TurnBench.StartAsync();
        var request = await bench.AskAsync();
        for (var i = 0; i < 3_000; i++)
        {
            _ = thinks ? request.Think("I am not sure about this one at all. ") : request.Say("I am not sure about this one at all. ");
        }

        var ended = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Cut("The answer repeated itself, so it was ended."), ended.Status);
        Assert.InRange(PartList.TextOf(ended.Parts.Single())!.Length, 1_000, 1_300);
        Assert.Null((await bench.Responses.ContinueAsync(ChatHost.Ada, bench.Room.Id, ended.Id, default)).Error);
        (await bench.Host.Model.NextAsync()).Finish("But now.");
        Assert.EndsWith("But now.", (await bench.UntilAsync(m => m.Status is MessageStatus.Complete)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_fails_three_times_with_the_same_arguments_ends_the_answer_whatever_else_succeeds()
    {
        await using var bench = await TurnBench.StartAsync(
            TurnBench.Tool("fails", string (int n) => throw new ToolFailedException("No.")), TurnBench.Tool("works", () => "yes"));
        bench.Host.Assistants.Change = r => r with { MaxSteps = 20 };
        (await bench.AskAsync()).Call("a", "fails", "{\"n\":0}").Call("b", "works").Finish();
        for (var i = 0; i < 3; i++)
        {
            (await bench.Host.Model.NextAsync()).Call($"c{i}", "fails", "{\"n\":1}").Call($"d{i}", "works").Finish();
        }

        var ended = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Failed("The assistant made the same tool call 3 times, and it failed each time."), ended.Status);
        Assert.Equal(4, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task Calls_of_one_step_run_side_by_side_each_in_its_own_scope()
    {
        var together = new Barrier(3);
        var scopes = new ConcurrentBag<Scoped>();
        await using var bench = await TurnBench.StartAsync(s => s.AddScoped<Scoped>(), TurnBench.Tool("meet", ([FromServices] Scoped mine) =>
        {
            scopes.Add(mine);
            return together.SignalAndWait(Guard.Patience) ? "met" : "alone";
        }));
        (await bench.AskAsync()).Call("c1", "meet").Call("c2", "meet").Call("c3", "meet").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: met", "c2: met", "c3: met"], next.Results);
        Assert.Equal(3, scopes.Distinct().Count());
        next.Finish("All met.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task A_batch_waits_for_all_its_results_and_goes_on_once()
    {
        var slow = new TaskCompletionSource<string>();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("fast", () => "soon"), TurnBench.Tool("slow", () => slow.Task));
        (await bench.AskAsync()).Call("c1", "fast").Call("c2", "slow").Finish();
        await bench.SeenAsync("c1", c => c.State == ToolCallState.Succeeded);
        Assert.False(bench.Host.Model.WasAskedAgain);
        slow.SetResult("late");
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: soon", "c2: late"], next.Results);
        next.Finish("Done.");
        await bench.EndedAsync();
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task The_last_two_results_of_a_batch_that_come_together_let_it_go_on_once()
    {
        const int Rounds = 40;
        Barrier together = new(2);
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("meet", (int n) => together.SignalAndWait(Guard.Patience) ? $"{n}" : "alone"));
        for (var round = 1; round <= Rounds; round++)
        {
            (await bench.AskAsync($"Round {round}")).Call("a", "meet", """{"n":1}""").Call("b", "meet", """{"n":2}""").Finish();
            var next = await bench.Host.Model.NextAsync();
            Assert.Equal(["a: 1", "b: 2"], next.Results.TakeLast(2));
            next.Finish($"Done {round}.");
            await bench.UntilAsync(m => m.Status.IsEnded && m.Text == $"Done {round}.");
        }

        Assert.Equal(2 * Rounds, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_budget_of_steps_that_is_spent_ends_the_answer_visibly_and_it_can_be_continued()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        bench.Host.Assistants.Change = r => r with { MaxSteps = 2 };
        (await bench.AskAsync()).Call("c1", "look").Finish();
        (await bench.Host.Model.NextAsync()).Call("c2", "look").Finish();
        var cut = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Cut("This answer used all of its 2 steps."), cut.Status);
        Assert.False(bench.Host.Model.WasAskedAgain);

        Assert.Null((await bench.Responses.ContinueAsync(ChatHost.Ada, bench.Room.Id, cut.Id, default)).Error);
        var third = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: seen", "c2: seen"], third.Results);
        third.Finish("Now I know.");
        var ended = await bench.UntilAsync(m => m.Status is MessageStatus.Complete);
        Assert.Equal((cut.Id, "Now I know."), (ended.Id, ended.Text));
        Assert.Equal(3, ended.Metadata!.Steps);
    }

    [Fact]
    public async Task Three_steps_in_a_row_in_which_all_failed_end_the_answer()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("break", string () => throw new ToolFailedException("It is stuck.")));
        (await bench.AskAsync()).Call("c1", "break").Finish();
        (await bench.Host.Model.NextAsync()).Call("c2", "break").Finish();
        var third = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: The tool failed. It is stuck.", "c2: The tool failed. It is stuck."], third.Results);
        third.Call("c3", "break").Finish();
        Assert.Equal(new MessageStatus.Failed("The assistant's tools failed 3 times in a row."), (await bench.EndedAsync()).Status);
        Assert.False(bench.Host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task A_tool_that_does_not_exist_or_is_called_wrongly_is_an_error_that_the_model_is_told()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", (string where) => where), TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "nothing").Call("c2", "look", "{}").Call("c3", "look", "[1]").Write("c4", "look", """{"whe""").Call("c4", "look", """{"whe""")
            .Call("c5", "careful", "{}").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(
            [
                "c1: There is no tool with this name.",
                """c2: The arguments lack "where".""",
                "c3: The arguments are not a valid JSON object. Write them again.",
                """c4: These arguments are not a JSON object: {"whe Write them as one JSON object.""",
                """c5: The arguments lack "what".""",
            ],
            next.Results.Select(r => r.Split(" The tools are:")[0]));
        Assert.Contains("look", next.Results.First(), StringComparison.Ordinal);
        next.Finish("Sorry.");
        var calls = (await bench.EndedAsync()).Calls.ToList();
        Assert.All(calls, c => Assert.Equal(ToolCallState.Failed, c.State));
        Assert.Equal("""{"whe""", calls[3].Arguments);
    }

    [Fact]
    public async Task A_stuck_tool_times_out_and_the_answer_goes_on()
    {
        var never = new TaskCompletionSource<string>();
        var stuck = new ChatTool(ChatFunctions.Create(() => never.Task, "stuck", "Never ends.")) { Timeout = TimeSpan.FromMilliseconds(50) };
        await using var bench = await TurnBench.StartAsync(stuck);
        (await bench.AskAsync()).Call("c1", "stuck").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: The tool returned no result within 0.05 seconds and was stopped."], next.Results);
        next.Finish("It hangs.");
        Assert.IsType<MessageStatus.Complete>((await bench.EndedAsync()).Status);
        never.SetResult("too late");
    }

    [Fact]
    public async Task Preliminary_results_are_shown_to_everybody_and_never_stored()
    {
        var step = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("count", Count));
        (await bench.AskAsync()).Call("c1", "count").Finish();
        await bench.SeenAsync("c1", c => c is { State: ToolCallState.Running, Result: "one" });
        using var late = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
        Assert.Equal(["call count Running one"], TurnBench.Lines(TurnBench.Newest(late.Now)!));
        Assert.Null(Assert.Single((await bench.StoredAsync()).Calls).Result);
        step.Release();
        await bench.SeenAsync("c1", c => c is { State: ToolCallState.Running, Result: "two" });
        step.Release();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: two"], next.Results);
        next.Finish("Counted.");
        Assert.Equal(["call count Succeeded two", "text Counted."], TurnBench.Lines(new MessageFrame(await bench.EndedAsync())));

        async IAsyncEnumerable<string> Count()
        {
            yield return "one";
            await step.WaitAsync();
            yield return "two";
            await step.WaitAsync();
        }
    }

    [Fact]
    public async Task Call_ids_that_come_again_in_another_step_or_in_the_same_one_are_told_apart()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("echo", (int n) => $"got {n}"));
        (await bench.AskAsync()).Call("call_0", "echo", """{"n":1}""").Call("call_0", "echo", """{"n":2}""").Finish();
        (await bench.Host.Model.NextAsync()).Write("call_0", "echo", """{"n":""").Call("call_0", "echo", """{"n":3}""").Finish();
        var third = await bench.Host.Model.NextAsync();
        Assert.Equal(["got 1", "got 2", "got 3"], third.Results.Select(r => r[(r.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        third.Finish("Three.");
        var ended = await bench.EndedAsync();
        Assert.Equal(["call echo Succeeded got 1", "call echo Succeeded got 2", "call echo Succeeded got 3", "text Three."], TurnBench.Lines(new MessageFrame(ended)));
        Assert.Equal(3, ended.Calls.Select(c => c.CallId).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Arguments_stream_into_the_card_and_a_call_that_never_becomes_complete_is_repaired()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("echo", (string what) => what));
        var first = await bench.AskAsync();
        first.Write("c1", "echo", """{"wh""").Write("c1", "echo", """at":""");
        await bench.SeenAsync("c1", c => c is { State: ToolCallState.Streaming, Arguments: """{"what":""" });
        first.Call("c2", "echo", """{"what":"x"}""").Finish();
        var second = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: Not run: the answer was cut off before the call was complete.", "c2: x"], second.Results);
        Assert.All(second.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Where(c => c.CallId == "c1"), c => Assert.Equal("{\"what\":", $"{c.Arguments!["not_an_object"]}"));
        second.Finish("One ran.");
        Assert.Equal([ToolCallState.Failed, ToolCallState.Succeeded], (await bench.EndedAsync()).Calls.Select(c => c.State));
    }

    [Fact]
    public async Task A_call_that_was_cut_off_by_a_stop_is_repaired_in_the_next_prompt()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("echo", (string what) => what));
        var first = await bench.AskAsync();
        first.Say("Well, ").Write("c1", "echo", """{"wh""");
        await bench.SeenAsync("c1", c => c.State == ToolCallState.Streaming);
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, null, default)).Value);
        await bench.EndedAsync();
        var next = await bench.AskAsync("And?");
        Assert.Equal(["c1: Not finished: \"Grace\" stopped the answer."], next.Results);
        Assert.Equal("{\"wh", $"{Assert.Single(next.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()).Arguments!["not_an_object"]}");
        next.Finish("Nothing.");
    }

    [Fact]
    public async Task A_call_that_was_cut_off_by_the_length_limit_does_not_run()
    {
        var ran = false;
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("echo", () => ran = true));
        (await bench.AskAsync()).Call("c1", "echo").Finish(reason: ChatFinishReason.Length);
        var ended = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Cut("The answer was cut off at the assistant's length limit."), ended.Status);
        Assert.Equal(ToolCallState.Failed, Assert.Single(ended.Calls).State);
        Assert.False(ran);
    }

    [Fact]
    public async Task A_tool_that_is_not_the_assistants_or_disabled_in_the_room_is_not_offered_and_not_run()
    {
        var ran = new ConcurrentBag<string>();
        await using var bench = await TurnBench.StartAsync(
            TurnBench.Tool("mine", () => "mine ran"),
            TurnBench.Tool("off", () => ran.Add("off")),
            TurnBench.Tool("theirs", () => ran.Add("theirs")));
        bench.Host.Assistants.Change = r => r with { Tools = ["mine", "of*"] };
        Assert.Null((await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, new RoomSettingsChange { DisabledTools = ["off"] }, default)).Error);
        var first = await bench.AskAsync();
        Assert.Equal(["mine"], first.Tools);
        first.Call("c1", "mine").Call("c2", "off").Call("c3", "theirs").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: mine ran", "c2: There is no tool with this name. The tools are: mine.", "c3: There is no tool with this name. The tools are: mine."], next.Results);
        next.Finish("So.");
        await bench.EndedAsync();
        Assert.Empty(ran);
    }

    [Fact]
    public async Task What_the_page_adds_reaches_tools_within_its_bounds()
    {
        TurnRequest? seen = null;
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", (ToolCallContext call) =>
        {
            seen = call.Request;
            return "seen";
        }));
        var data = Enumerable.Range(0, 30).ToImmutableDictionary(i => $"k{i:00}", i => $"v{i}").Add("big", new string('x', 1_001)).Add("a", "page 1");
        var request = new TurnRequest(ChatHost.Grace.AsAuthor()) { TimeZone = "Europe/Vienna", Language = "de-AT", Data = data };
        (await bench.AskAsync(request: request)).Call("c1", "look").Finish();
        (await bench.Host.Model.NextAsync()).Finish("ok");
        await bench.EndedAsync();
        Assert.Equal(("Ada", "Europe/Vienna", "de-AT"), (seen!.RequestedBy.Name, seen.TimeZone, seen.Language));
        Assert.Equal(RoomLimits.RequestDataEntries, seen.Data.Count);
        Assert.Equal("page 1", seen.Data["a"]);
        Assert.DoesNotContain("big", seen.Data.Keys);

        (await bench.AskAsync(request: new TurnRequest(ChatHost.Ada.AsAuthor()) { TimeZone = "Mars/Base", Language = "<script>" })).Call("c1", "look").Finish();
        (await bench.Host.Model.NextAsync()).Finish("ok");
        await bench.UntilAsync(m => m.Status.IsEnded && m.Calls.Any());
        Assert.Null(seen.TimeZone);
        Assert.Null(seen.Language);
    }

    private sealed class Scoped;
}
