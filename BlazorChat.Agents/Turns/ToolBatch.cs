using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Turns;

/// <summary>The tool calls of one step: finds which need approval, and runs the ready ones side by side.</summary>
internal sealed partial class ToolBatch(ToolExecution execution, IToolPolicy policy, TimeProvider time, ILogger<ToolBatch> logger)
{
    /// <summary>The most calls of one step that run or are put to people; the others get an error result.</summary>
    public const int MostCalls = 20;

    /// <summary>Decides what a call needs before it can run.</summary>
    /// <param name="run">The run that calls.</param>
    /// <param name="call">The complete call.</param>
    /// <param name="number">The call's position in its step, from 0.</param>
    /// <param name="tools">The tools that the model may call in this step.</param>
    public async Task<ToolCallPart> PrepareAsync(StepRun run, ToolCallPart call, int number, IReadOnlyList<ChatTool> tools)
    {
        if (number >= MostCalls)
        {
            return Failed(call, $"Not called: at most {MostCalls} calls may be made at once.");
        }

        if (Find(tools, call.Name) is not { } tool)
        {
            return Failed(call, run.WhyMissing(call.Name, tools));
        }

        call = call with { Name = tool.Name, Label = ToolLabels.Of(tool) };

        // People are not asked about a call that cannot run.
        if (ToolArguments.Read(call.Arguments, tool.Function.JsonSchema, out var problem) is null)
        {
            return Failed(call, problem);
        }

        if (tool.NeedsApproval is { } rule && await NeedsApprovalAsync(rule, run, call).ConfigureAwait(false))
        {
            call = call with { Tool = ToolFingerprints.Of(tool), NeedsTwoPeople = policy.NeedsTwoPeople(tool.Name) };
            if (Standing(run, tool) is not { } standing)
            {
                return await run.AskPeopleAsync(call, ToolCallState.AwaitingApproval).ConfigureAwait(false);
            }

            LogStanding(call.Name, call.CallId);
            call = call with { Decision = new ToolDecision(true, standing.By, standing.At, null) { IsStanding = true } };
        }

        return tool.Site == ToolSite.Browser
            ? await run.AskPeopleAsync(call, ToolCallState.AwaitingBrowser).ConfigureAwait(false)
            : call with { State = ToolCallState.Ready };
    }

    /// <summary>Runs the ready calls of a step. Each result is stored as it comes: a finished tool never runs again.</summary>
    public async Task RunAsync(StepRun run, int step, IReadOnlyList<ChatTool> tools)
    {
        var began = time.GetUtcNow();
        var running = new List<(ToolCallPart Call, ChatTool? Tool)>();
        foreach (var call in run.Draft.CallsOf(step).Where(c => c.State == ToolCallState.Ready))
        {
            var tool = tools.FirstOrDefault(t => t.Name == call.Name);
            if (tool is not null && await AskAgainAsync(run, call, tool).ConfigureAwait(false) is { } again)
            {
                run.Draft.SetCall(again);
                continue;
            }

            if (tool?.Site == ToolSite.Browser)
            {
                // A person approved it; now their browser must run it.
                run.Draft.SetCall(await run.AskPeopleAsync(call, ToolCallState.AwaitingBrowser).ConfigureAwait(false));
                continue;
            }

            // Stored before the tool runs: a call found in this state after a crash must not run again.
            var started = call with { State = ToolCallState.Running, BeganAt = began };
            run.Draft.SetCall(started);
            running.Add((started, tool));
        }

        await run.SaveAsync().ConfigureAwait(false);
        await Task.WhenAll(running.Select(r => RunAsync(run, r.Call, r.Tool))).ConfigureAwait(false);
    }

    /// <summary>The tool of this name. Some models write a namespace in front of it: <c>functions.roll_dice</c>.</summary>
    private static ChatTool? Find(IReadOnlyList<ChatTool> tools, string name)
    {
        var plain = name[(name.AsSpan().LastIndexOfAny('.', ':', '/') + 1)..].Trim();
        return tools.FirstOrDefault(t => t.Name == name) ?? tools.FirstOrDefault(t => t.Name == plain);
    }

    // What the settings list is asked about each time, also where an owner allowed it before it was listed.
    private StandingApproval? Standing(StepRun run, ChatTool tool) => policy.AlwaysAsks(tool.Name) ? null : run.StandingFor(tool);

    /// <summary>
    /// An approval covers the tool that people were asked about. If it has changed since, they are asked again, and so they are if the tool was
    /// allowed for the room and no longer is.
    /// </summary>
    /// <returns>The call, waiting again or failed; null if it can run.</returns>
    private async Task<ToolCallPart?> AskAgainAsync(StepRun run, ToolCallPart call, ChatTool tool)
    {
        var now = ToolFingerprints.Of(tool);
        if (call is not { Decision: { IsApproved: true } decision, Tool: { } seen } || (seen == now && (!decision.IsStanding || Standing(run, tool) is not null)))
        {
            return null;
        }

        if (seen == now)
        {
            return await AskAsync("This tool had been allowed for the room. That no longer counts.").ConfigureAwait(false);
        }

        LogChanged(call.Name, call.CallId);
        var changes = seen.ChangesIn(now);
        if (ToolArguments.Read(call.Arguments, tool.Function.JsonSchema, out var problem) is null)
        {
            return Failed(call, $"Not run: the tool has changed since this call was made ({changes}). {problem}");
        }

        return await AskAsync(
            $"This tool has changed since {decision.By.Name} {(decision.IsStanding ? "allowed it for the room" : "approved the call")}: {changes}. The approval no longer counts.").ConfigureAwait(false);

        Task<ToolCallPart> AskAsync(string why) => run.AskPeopleAsync(
            call with
            {
                Decision = null,
                FirstApproval = null,
                NeedsTwoPeople = call.NeedsTwoPeople || policy.NeedsTwoPeople(tool.Name),
                Tool = now,
                Label = ToolLabels.Of(tool),
                AskedAgain = why,
            }, ToolCallState.AwaitingApproval);
    }

    private async Task RunAsync(StepRun run, ToolCallPart call, ChatTool? tool)
    {
        var outcome = tool is null
            ? ToolOutcome.Failed("This tool is no longer available.")
            : await execution.RunAsync(tool, run.ContextOf(call), tool.Timeout ?? run.Assistant.ToolTimeout, run.Assistant.Kernel, run.Token).ConfigureAwait(false);
        var ended = call with
        {
            State = outcome.IsError ? ToolCallState.Failed : ToolCallState.Succeeded,
            Result = outcome.Result,
            EndedAt = time.GetUtcNow(),
        };
        var shortened = await run.ShortenAsync(ended).ConfigureAwait(false);
        run.Draft.ChangeCall(call.CallId, now => shortened with { PartId = now.PartId, Count = now.Count, Work = now.Work });
        await run.SaveAsync().ConfigureAwait(false);
        LogEnded(call.Name, call.CallId, ended.State, (ended.EndedAt - ended.BeganAt)?.TotalMilliseconds ?? 0);
    }

    private async Task<bool> NeedsApprovalAsync(ToolApprovalRule rule, StepRun run, ToolCallPart call)
    {
        try
        {
            return await Stoppable.RunAsync(() => rule(run.ContextOf(call), run.Token), run.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A broken rule must not let a call through.
        catch (Exception e) when (!run.Token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRuleFailed(e, call.Name, call.CallId);
            return true;
        }
    }

    private ToolCallPart Failed(ToolCallPart call, string sentence) =>
        call with { State = ToolCallState.Failed, Result = sentence, EndedAt = time.GetUtcNow() };

    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId}: {State} after {Milliseconds} ms.")]
    private partial void LogEnded(string toolName, string callId, ToolCallState state, double milliseconds);

    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId}: an owner allowed this tool for the room, so nobody is asked.")]
    private partial void LogStanding(string toolName, string callId);

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} has changed since call {CallId} was approved; the call does not run.")]
    private partial void LogChanged(string toolName, string callId);

    [LoggerMessage(LogLevel.Error, "The approval rule of tool {ToolName} failed for call {CallId}; a person will be asked.")]
    private partial void LogRuleFailed(Exception exception, string toolName, string callId);
}
