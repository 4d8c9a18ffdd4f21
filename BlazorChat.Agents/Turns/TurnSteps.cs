using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>
/// The loop of a turn: asks the model, runs the tools that it called, asks again, until it has nothing more to call, people
/// have to do something first, or a budget is spent. Where it stands is in the response's parts alone, so it goes on from
/// there in the same way after a pause of days or a crash.
/// </summary>
internal sealed class TurnSteps(
    PromptBuilder prompts, ToolCatalog catalog, DelegationTools delegation, IAssistants assistants, ToolBatch batch, StepRecords records,
    ContextCheck context, IEnumerable<IStepHook> hooks, TurnsMetrics metrics, TimeProvider time)
{
    private readonly IStepHook[] _hooks = [.. hooks];

    /// <summary>Runs a turn until it ends or pauses.</summary>
    /// <exception cref="ResponseFailedException">The model failed.</exception>
    /// <exception cref="OperationCanceledException">The turn is to end.</exception>
    public async Task<MessageStatus> RunAsync(TurnState state)
    {
        var draft = state.Draft;
        while (true)
        {
            state.Token.ThrowIfCancellationRequested();
            var calls = draft.CallsOf(draft.Step - 1);
            if (calls.Any(c => c.State == ToolCallState.Ready))
            {
                // Approved meanwhile, or found so after a pause.
                await batch.RunAsync(state, draft.Step - 1, ToolsOf(state)).ConfigureAwait(false);
                continue;
            }

            if (calls.Any(c => c.IsAwaited))
            {
                return MessageStatus.AwaitingPeople.Instance;
            }

            if (Limit(state) is { } limit)
            {
                return limit;
            }

            if (await StepAsync(state).ConfigureAwait(false) is { } end)
            {
                return end;
            }
        }
    }

    private IReadOnlyList<ChatTool> ToolsOf(TurnState state) =>
        [.. catalog.For(state.Assistant, state.Room),
         .. delegation.For(state.Assistant, assistants).Where(t => !state.Room.Settings.DisabledTools.Contains(t.Name, StringComparer.Ordinal))];

    private static MessageStatus? Limit(TurnState state)
    {
        var draft = state.Draft;
        if (draft.Step - state.Claimed.FirstStep >= state.Assistant.MaxSteps)
        {
            return new MessageStatus.Cut($"This answer used all of its {state.Assistant.MaxSteps} steps.");
        }

        if (draft.IsFull)
        {
            return new MessageStatus.Failed($"This answer has more than {RoomLimits.Parts} parts, which is the most.");
        }

        var failed = 0;
        for (var step = draft.Step - 1; step >= state.Claimed.FirstStep; step--, failed++)
        {
            var calls = draft.CallsOf(step);
            if (calls.IsEmpty || calls.Any(c => c.State != ToolCallState.Failed))
            {
                break;
            }
        }

        return failed >= state.Assistant.MaxToolErrors
            ? new MessageStatus.Failed($"The assistant's tools failed {failed} times in a row.")
            : null;
    }

    /// <returns>How the turn ends, or null when it goes on.</returns>
    private async Task<MessageStatus?> StepAsync(TurnState state)
    {
        var began = time.GetTimestamp();
        var step = state.Draft.Step;
        var before = state.Tokens;
        var removals = state.Turn.Removals;
        var request = await PrepareAsync(state, step).ConfigureAwait(false);
        var (calls, finish) = await AskAsync(state, request, removals).ConfigureAwait(false);
        // All of the step's text is there: whoever decides about a call from now on has it stored with the step.
        state.Draft.NextStep();
        foreach (var (number, call) in calls.Index())
        {
            state.Draft.SetCall(finish == ChatFinishReason.Length ? Incomplete(call)
                : call.IsFinished ? call
                : await batch.PrepareAsync(state, call, number, [.. request.Tools]).ConfigureAwait(false));
        }

        foreach (var begun in state.Draft.CallsOf(step).Where(c => c.State == ToolCallState.Streaming))
        {
            state.Draft.SetCall(Incomplete(begun));
        }

        if (calls.Count > 0)
        {
            // What waits for people is on disk before anything runs, and long before the turn pauses.
            await batch.RunAsync(state, step, [.. request.Tools]).ConfigureAwait(false);
        }

        var result = new StepResult(request, state.Draft.CallsOf(step), Minus(state.Tokens, before), finish, time.GetElapsedTime(began));
        foreach (var hook in _hooks)
        {
            await Stoppable.RunAsync(() => hook.AfterStepAsync(result, state.Token), state.Token).ConfigureAwait(false);
        }

        return finish == ChatFinishReason.Length ? new MessageStatus.Cut("The answer was cut off at the assistant's length limit.")
            : calls.Count > 0 ? null
            : HasContent(state.Draft.Parts) ? MessageStatus.Complete.Instance
            : new MessageStatus.Failed("The assistant's answer had no text.");
    }

    private ToolCallPart Incomplete(ToolCallPart call) => call with
    {
        State = ToolCallState.Failed,
        Result = "Not run: the answer was cut off before the call was complete.",
        EndedAt = time.GetUtcNow(),
    };

    private async Task<StepRequest> PrepareAsync(TurnState state, int step)
    {
        var prompt = await prompts.BuildAsync(state, state.Token).ConfigureAwait(false);
        var request = new StepRequest
        {
            Room = state.Room,
            Assistant = state.Assistant.Author,
            Request = state.Claimed.Request,
            MessageId = state.Claimed.Response.Id,
            Step = step,
            Client = state.Assistant.Client,
            Messages = [.. prompt.Messages],
            Options = prompt.Options,
            Tools = [.. ToolsOf(state)],
        };
        foreach (var hook in _hooks)
        {
            await Stoppable.RunAsync(() => hook.BeforeStepAsync(request, state.Token), state.Token).ConfigureAwait(false);
        }

        ReasoningOrigin.KeepOwn(request.Messages, ReasoningOrigin.Of(state.Assistant, request));
        request.Options.Tools = request.Tools.Count == 0 ? null : [.. request.Tools.Select(AITool (t) => t.Function)];
        return request;
    }

    /// <summary>Asks the model and streams what it says into the response.</summary>
    /// <returns>The calls that it made, complete, and why it ended.</returns>
    private async Task<(List<ToolCallPart> Calls, ChatFinishReason? Finish)> AskAsync(TurnState state, StepRequest request, int removals)
    {
        var reading = new StepReading(state, request.Step, ReasoningOrigin.Of(state.Assistant, request), metrics, time.GetTimestamp(), time);
        var recorder = StepRecords.Begin(state, request);
        state.Steps++;
        try
        {
            await foreach (var update in request.Client.GetStreamingResponseAsync(request.Messages, recorder.Options, state.Token).ConfigureAwait(false))
            {
                reading.Take(update);
            }
        }
        finally
        {
            // What was sent for a step that failed is what people ask about first.
            await records.KeepAsync(state, request.Step, recorder, removals).ConfigureAwait(false);
        }

        recorder.CheckContext(context, state, request.Step, reading.ReportedInput);
        return (reading.Calls, reading.Finish);
    }

    // After its tools have run a model may have nothing to add.
    private static bool HasContent(ImmutableArray<MessagePart> parts) => parts.Any(p => p is TextPart { Text.Length: > 0 } or ToolCallPart);

    private static TokenCounts Minus(TokenCounts a, TokenCounts b) =>
        new(a.Input - b.Input, a.Output - b.Output, a.CachedInput - b.CachedInput, a.Reasoning - b.Reasoning);
}
