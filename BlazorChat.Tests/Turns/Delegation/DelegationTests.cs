using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Assistants.Tools;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Delegation;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Turns.Delegation;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class DelegationTests
{
    [Fact]
    public async Task An_assistant_gets_a_tool_for_each_other_that_it_may_ask()
    {
        await using var team = new Team("outer", "fact-finder", "writer");
        team.Change("outer", r => r with { Delegates = ["fact-finder", "outer", "gone", "fact-finder"] });
        var tool = Assert.Single(team.ToolsOf("outer"));
        Assert.Equal("ask_fact_finder", tool.Name);
        Assert.Equal("assistant", tool.Source);
        Assert.Null(tool.NeedsApproval);
    }

    [Fact]
    public async Task The_inner_assistant_sees_its_instructions_and_the_task_and_its_last_words_come_back()
    {
        await using var team = new Team("outer", "inner");
        var outcome = team.AskAsync("inner", "Count to three.");
        var response = await team["inner"].NextAsync();
        Assert.Equal(["user: Count to three."], response.Lines);
        Assert.StartsWith("You are inner", response.Options!.Instructions, StringComparison.Ordinal);
        Assert.EndsWith("Be brief.", response.Options.Instructions, StringComparison.Ordinal);
        response.Finish("One, two, three.");
        Assert.Equal(new ToolOutcome("One, two, three.", IsError: false), await outcome);
    }

    [Fact]
    public async Task It_runs_its_own_tools_together_and_only_what_it_says_last_comes_back()
    {
        await using var team = new Team("outer", "inner");
        var both = new CountdownEvent(2);
        ToolCallContext? seen = null;
        team.Tools.Add(ToolBench.Tool(
            (int n, ToolCallContext call) =>
            {
                seen = call;
                // Only together do they get any further.
                both.Signal();
                both.Wait(Guard.Patience);
                return $"n{n}";
            },
            "number"));
        var outcome = team.AskAsync("inner", "Get two numbers.");
        var first = await team["inner"].NextAsync();
        Assert.Equal("number", Assert.Single(first.Options!.Tools!).Name);
        first.Say("Let me see. ").Send(Calling(("a", "number", new() { ["n"] = 1 }), ("b", "number", new() { ["n"] = 2 }))).Finish(reason: ChatFinishReason.ToolCalls);
        var second = await team["inner"].NextAsync();
        Assert.Equal("n1 n2", string.Join(' ', second.Messages[^1].Contents.Cast<FunctionResultContent>().Select(r => r.Result)));
        Assert.Equal("Let me see. ", second.Messages[^2].Text);
        second.Finish("They are 1 and 2.");
        Assert.Equal(new ToolOutcome("They are 1 and 2.", IsError: false), await outcome);
        Assert.Equal("outer inner", string.Join(' ', seen!.Chain));
        Assert.Equal("inner", seen.Assistant.Id);
        Assert.StartsWith("call-1/", seen.CallId, StringComparison.Ordinal);
        Assert.Contains(team.Bench.Shown, shown => shown.Contains("number {\"n\":1}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_tokens_are_counted()
    {
        await using var team = new Team("outer", "inner");
        var outcome = team.AskAsync("inner", "Go.");
        var response = await team["inner"].NextAsync();
        response.Send(new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails
        {
            InputTokenCount = 10, OutputTokenCount = 5, CachedInputTokenCount = 4, ReasoningTokenCount = 2,
        })])).Finish("Done.");
        await outcome;
        Assert.Equal(new TokenCounts(10, 5, 4, 2), team.Bench.Tokens);
    }

    [Fact]
    public async Task Its_words_are_shown_while_they_come_at_most_five_times_a_second_and_at_last_all_of_them()
    {
        await using var team = new Team("outer", "inner");
        var outcome = team.AskAsync("inner", "Talk.");
        var response = await team["inner"].NextAsync();
        for (var i = 0; i < 100; i++)
        {
            response.Say("la ");
        }

        await team.Bench.Time.WaitForTimerAsync(due => due == TimeSpan.FromMilliseconds(200));
        team.Bench.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, team.Bench.Shown.Count);
        Assert.StartsWith("la la ", team.Bench.Shown[1], StringComparison.Ordinal);
        response.Finish("end");
        await outcome;
        Assert.Equal(3, team.Bench.Shown.Count);
        Assert.EndsWith("la end", team.Bench.Shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_is_bounded_however_much_it_says()
    {
        await using var team = new Team("outer", "inner");
        var outcome = team.AskAsync("inner", "Talk.");
        var text = string.Concat(Enumerable.Repeat("😀b", 20_000));
        (await team["inner"].NextAsync()).Finish(text);
        Assert.Equal(text, (await outcome).Result);
        Assert.InRange(team.Bench.Shown[^1].Length, 1, 5_000);
        Assert.DoesNotContain(team.Bench.Shown, shown => Names.HasLoneSurrogate(shown));
    }

    [Fact]
    public async Task Work_that_would_go_in_a_circle_is_refused()
    {
        await using var team = new Team("outer", "inner");
        team.Change("inner", r => r with { Delegates = ["outer"] });
        var outcome = team.AskAsync("inner", "Ask outer.");
        var first = await team["inner"].NextAsync();
        Assert.Null(first.Options!.Tools);
        first.Send(Calling(("a", "ask_outer", new() { ["task"] = "Do it." }))).Finish(reason: ChatFinishReason.ToolCalls);
        var second = await team["inner"].NextAsync();
        Assert.Contains("so it cannot be asked again", ResultOf(second), StringComparison.Ordinal);
        second.Finish("I cannot.");
        Assert.Equal("I cannot.", (await outcome).Result);
        Assert.Equal(0, team["outer"].Requests);
    }

    [Fact]
    public async Task An_assistant_that_takes_part_is_refused_also_when_its_tool_is_called_directly()
    {
        await using var team = new Team("outer", "inner");
        var outcome = await team.AskAsync("inner", "Go.", "inner", "outer");
        Assert.True(outcome.IsError);
        Assert.Contains("is already part of this work", outcome.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_is_handed_on_twice_and_no_further()
    {
        await using var team = new Team("outer", "b", "c", "d");
        team.Change("b", r => r with { Delegates = ["c"] });
        team.Change("c", r => r with { Delegates = ["d"] });
        var outcome = team.AskAsync("b", "Go.");
        (await team["b"].NextAsync()).Send(Calling(("1", "ask_c", new() { ["task"] = "Go on." }))).Finish(reason: ChatFinishReason.ToolCalls);
        var third = await team["c"].NextAsync();
        Assert.Null(third.Options!.Tools);
        third.Send(Calling(("2", "ask_d", new() { ["task"] = "And on." }))).Finish(reason: ChatFinishReason.ToolCalls);
        var refused = await team["c"].NextAsync();
        Assert.Contains("already been handed on 2 times", ResultOf(refused), StringComparison.Ordinal);
        refused.Finish("c did it.");
        var back = await team["b"].NextAsync();
        Assert.Equal("c did it.", ResultOf(back));
        back.Finish("b did it.");
        Assert.Equal("b did it.", (await outcome).Result);
        Assert.Equal(0, team["d"].Requests);
    }

    [Fact]
    public async Task Tools_that_need_a_person_are_neither_offered_nor_run_inside()
    {
        await using var team = new Team("outer", "inner");
        var ran = 0;
        var code = ChatFunctions.Create((bool risky) => $"{ran++}", "maybe", "Does something.");
        team.Tools.Add(new ChatTool(ChatFunctions.Create(() => $"{ran++}", "always", "Does something.")) { NeedsApproval = ChatTool.Always });
        team.Tools.Add(new ChatTool(AIFunctionFactory.Create(() => "", "browser").AsDeclarationOnly()) { Site = ToolSite.Browser });
        team.Tools.Add(new ChatTool(code) { NeedsApproval = (call, _) => new(call.Arguments.Contains("true", StringComparison.Ordinal)) });
        var outcome = team.AskAsync("inner", "Go.");
        var first = await team["inner"].NextAsync();
        Assert.Equal("maybe", Assert.Single(first.Options!.Tools!).Name);
        first.Send(Calling(
            ("1", "always", []), ("2", "browser", []), ("3", "maybe", new() { ["risky"] = true }), ("4", "maybe", new() { ["risky"] = false }), ("5", "made_up", []))).Finish(reason: ChatFinishReason.ToolCalls);
        var results = (await team["inner"].NextAsync()).Messages[^1].Contents.Cast<FunctionResultContent>().Select(r => r.Result!.ToString()!).ToList();
        Assert.Equal(DelegationTool.NoApproval, results[0]);
        Assert.Contains("a person's browser", results[1], StringComparison.Ordinal);
        Assert.Equal(DelegationTool.NoApproval, results[2]);
        Assert.Equal("0", results[3]);
        Assert.Equal("There is no tool with this name. The tools are: maybe.", results[4]);
        Assert.Equal(1, ran);
        Assert.False(outcome.IsCompleted);
    }

    [Fact]
    public async Task Stop_reaches_the_inner_model()
    {
        await using var team = new Team("outer", "inner");
        using var stop = new CancellationTokenSource();
        var outcome = team.AskAsync("inner", "Go.", stop.Token);
        var response = await team["inner"].NextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outcome);
        await response.Stopped.Soon();
    }

    [Fact]
    public async Task Stop_reaches_the_tools_of_the_inner_assistant()
    {
        await using var team = new Team("outer", "inner");
        using var stop = new CancellationTokenSource();
        var began = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        team.Tools.Add(ToolBench.Tool(
            async (CancellationToken token) =>
            {
                token.Register(() => stopped.SetResult());
                began.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            },
            "wait"));
        var outcome = team.AskAsync("inner", "Go.", stop.Token);
        (await team["inner"].NextAsync()).Send(Calling(("1", "wait", []))).Finish(reason: ChatFinishReason.ToolCalls);
        await began.Task.Soon();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outcome);
        await stopped.Task.Soon();
        Assert.False(team["inner"].WasAskedAgain);
    }

    [Fact]
    public async Task Its_budget_of_steps_ends_it_with_a_sentence()
    {
        await using var team = new Team("outer", "inner");
        team.Tools.Add(ToolBench.Tool(() => "again", "again"));
        team.Change("inner", r => r with { MaxSteps = 2 });
        var outcome = team.AskAsync("inner", "Go.");
        for (var step = 1; step <= 2; step++)
        {
            (await team["inner"].NextAsync()).Send(Calling(($"{step}", "again", []))).Finish(reason: ChatFinishReason.ToolCalls);
        }

        Assert.Equal(ToolOutcome.Failed("The tool failed. inner did not finish within its 2 steps."), await outcome);
    }

    [Fact]
    public async Task Errors_in_a_row_end_it_with_a_sentence()
    {
        await using var team = new Team("outer", "inner");
        team.Tools.Add(ToolBench.Tool(string () => throw new InvalidOperationException(), "broken"));
        var outcome = team.AskAsync("inner", "Go.");
        for (var step = 1; step <= 3; step++)
        {
            (await team["inner"].NextAsync()).Send(Calling(($"{step}", "broken", []))).Finish(reason: ChatFinishReason.ToolCalls);
        }

        Assert.Equal(ToolOutcome.Failed("The tool failed. inner gave up: all its tools failed 3 times in a row."), await outcome);
    }

    [Fact]
    public async Task Earlier_results_are_left_out_of_a_prompt_that_would_be_too_long()
    {
        await using var team = new Team("outer", "inner");
        team.Tools.Add(ToolBench.Tool(() => new string('x', 7_000), "large"));
        team.Change("inner", r => r with { PromptTokens = 2_500 });
        var outcome = team.AskAsync("inner", "Go.");
        for (var step = 1; step <= 2; step++)
        {
            (await team["inner"].NextAsync()).Send(Calling(($"{step}", "large", []))).Finish(reason: ChatFinishReason.ToolCalls);
        }

        var last = await team["inner"].NextAsync();
        var results = last.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => (string)r.Result!).ToList();
        Assert.StartsWith("(left out", results[0], StringComparison.Ordinal);
        Assert.Equal(7_000, results[1].Length);
        last.Finish("Enough.");
        Assert.Equal("Enough.", (await outcome).Result);
    }

    [Fact]
    public async Task A_task_that_does_not_fit_is_refused_before_the_model_is_asked()
    {
        await using var team = new Team("outer", "inner");
        team.Change("inner", r => r with { PromptTokens = 500 });
        var outcome = await team.AskAsync("inner", new string('x', 4_000));
        Assert.Equal(ToolOutcome.Failed("The tool failed. The task is too long for inner: its prompt may have at most 500 tokens."), outcome);
        Assert.Equal(0, team["inner"].Requests);
    }

    [Fact]
    public async Task Calls_past_the_bound_of_one_step_do_not_run()
    {
        await using var team = new Team("outer", "inner");
        var ran = 0;
        team.Tools.Add(ToolBench.Tool(() => $"{Interlocked.Increment(ref ran)}", "count"));
        var outcome = team.AskAsync("inner", "Go.");
        (await team["inner"].NextAsync()).Send(Calling([.. Enumerable.Range(0, 30).Select(i => ($"{i}", "count", new Dictionary<string, object?>()))])).Finish(reason: ChatFinishReason.ToolCalls);
        var next = await team["inner"].NextAsync();
        Assert.Equal(30, next.Messages[^1].Contents.Count);
        Assert.Equal(20, ran);
        next.Finish("Done.");
        Assert.False((await outcome).IsError);
    }

    [Fact]
    public async Task A_failure_of_the_inner_model_is_told_in_its_own_words_and_others_are_not()
    {
        await using var team = new Team("outer", "inner");
        var outcome = team.AskAsync("inner", "Go.");
        (await team["inner"].NextAsync()).Fail(new ResponseFailedException("The provider is overloaded."));
        Assert.Equal(ToolOutcome.Failed("The tool failed. inner could not answer: The provider is overloaded."), await outcome);
        outcome = team.AskAsync("inner", "Go.");
        (await team["inner"].NextAsync()).Fail(new InvalidOperationException("secret"));
        Assert.Equal(ToolOutcome.Failed("The tool failed."), await outcome);
        outcome = team.AskAsync("inner", "Go.");
        (await team["inner"].NextAsync()).Finish("  ");
        Assert.Equal(ToolOutcome.Failed("The tool failed. inner said nothing."), await outcome);
    }

    [Fact]
    public async Task The_demo_assistant_does_what_it_is_handed_with_its_own_tools()
    {
        await using var team = new Team("outer", "inner");
        using var demo = new DemoChatClient(1_000_000, TimeProvider.System);
        team.Change("inner", r => r with { Kernel = BlazorChat.Turns.Kernels.AssistantKernel.Create(demo) });
        team.Tools.Add(DiceTool.Create((_, to) => to - 1));
        Assert.Equal(new ToolOutcome("I rolled **8, 8 (sum 16)**.", IsError: false), await team.AskAsync("inner", "roll 2 dice with 8 sides"));
        Assert.Contains(team.Bench.Shown, shown => shown.StartsWith("✓ roll_dice {\"count\":2,\"sides\":8}", StringComparison.Ordinal));
    }

    private static string ResultOf(FakeAnswer response) => (string)((FunctionResultContent)response.Messages[^1].Contents[0]).Result!;

    private static ChatResponseUpdate Calling(params (string Id, string Name, Dictionary<string, object?> Arguments)[] calls) =>
        new(ChatRole.Assistant, [.. calls.Select(AIContent (call) => new FunctionCallContent(call.Id, call.Name, call.Arguments))]);

    private sealed class Team : IAssistants, IAsyncDisposable
    {
        private readonly Dictionary<string, Assistant> _assistants = new(StringComparer.Ordinal);
        private readonly Dictionary<string, FakeChatClient> _clients = new(StringComparer.Ordinal);
        private readonly DelegationTools _delegation;

        public Team(params string[] ids)
        {
            foreach (var id in ids)
            {
                _clients[id] = new FakeChatClient();
                _assistants[id] = new Assistant(new Author(AuthorKind.Assistant, id, id), "Be brief.", 16_000, _clients[id]) { Delegates = id == "outer" ? ids : [] };
            }

            _delegation = new DelegationTools(Bench.Services.GetRequiredService<StepLoop>(), _ => Tools, new ToolRules([]), new AssistantInstructions(
                Bench.Services.GetRequiredService<IServiceScopeFactory>(), Bench.Time, NullLogger<AssistantInstructions>.Instance),
                Bench.Services.GetRequiredService<ContextCheck>(), Bench.Time);
        }

        public ToolBench Bench { get; } = new(services => services.AddMetrics().AddSingleton<RunningTurns>().AddSingleton<TurnsMetrics>().AddSingleton<ContextCheck>().AddSingleton<IToolPolicy, ToolPolicy>().AddSingleton<ToolBatch>().AddSingleton<StepLoop>());

        /// <summary>Everybody's tools.</summary>
        public List<ChatTool> Tools { get; } = [];

        public IReadOnlyList<Assistant> All => [.. _assistants.Values];

        public FakeChatClient this[string id] => _clients[id];

        public Assistant? Find(string assistantId) => _assistants.GetValueOrDefault(assistantId);

        public void Change(string id, Func<Assistant, Assistant> change) => _assistants[id] = change(_assistants[id]);

        public IReadOnlyList<ChatTool> ToolsOf(string id) => _delegation.For(_assistants[id], this);

        public Task<ToolOutcome> AskAsync(string id, string task, params string[] chain) => AskAsync(id, task, chain, CancellationToken.None);

        public Task<ToolOutcome> AskAsync(string id, string task, CancellationToken stop) => AskAsync(id, task, [], stop);

        public async ValueTask DisposeAsync() => await Bench.DisposeAsync();

        private Task<ToolOutcome> AskAsync(string id, string task, string[] chain, CancellationToken stop)
        {
            var tool = ToolsOf("outer").Single(tool => tool.Name == $"ask_{id}");
            var arguments = System.Text.Json.JsonSerializer.Serialize(new { task });
            return Bench.Execution.RunAsync(tool, Bench.Call(arguments, tool.Name, chain: chain), tool.Timeout!.Value, Bench.Kernel, stop).Soon();
        }
    }
}
