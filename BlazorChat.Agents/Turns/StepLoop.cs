using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>
/// The loop of a turn, and of delegated work: asks the model, runs the tools that it called, and asks again, until the model calls no more
/// tools, people must act first, or a budget is used up. Its position is in the parts alone, so it continues the same way after a pause
/// of days or a crash.
/// </summary>
internal sealed partial class StepLoop(ToolBatch batch, TurnsMetrics metrics, TimeProvider time, ILogger<StepLoop> logger)
{
    /// <summary>How many steps may make the same call with the same arguments, and fail.</summary>
    public const int MostRepeatedCalls = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(16);

    /// <summary>Runs steps until the run ends or pauses.</summary>
    /// <exception cref="ResponseFailedException">The model failed.</exception>
    /// <exception cref="OperationCanceledException">The run must end.</exception>
    public async Task<StepsEnd> RunAsync(StepRun run)
    {
        var draft = run.Draft;
        while (true)
        {
            run.Token.ThrowIfCancellationRequested();
            var calls = draft.CallsOf(draft.Step - 1);
            if (calls.Any(c => c.State == ToolCallState.Ready))
            {
                // Calls that were approved meanwhile, or that were already ready after a pause.
                await batch.RunAsync(run, draft.Step - 1, run.Tools).ConfigureAwait(false);
                continue;
            }

            if (calls.Any(c => c.IsAwaited))
            {
                return StepsEnd.AwaitingPeople;
            }

            if (Limit(run) is { } limit)
            {
                return limit;
            }

            try
            {
                if (await StepAsync(run).ConfigureAwait(false) is { } end)
                {
                    return end;
                }
            }
            catch (ResponseFailedException failure) when (run.GoesOn(failure))
            {
                await GoOnAsync(run).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits, visibly, before a response whose connection dropped goes on from the parts that it has.</summary>
    private async Task GoOnAsync(StepRun run)
    {
        run.Draft.CutOff(time.GetUtcNow());
        // A restart during the wait goes on from there, too.
        await run.SaveAsync().ConfigureAwait(false);
        var seconds = Math.Min(Math.Pow(2, run.Drops - 1), LongestWait.TotalSeconds);
        LogDropped(run.Assistant.Author.Id, run.Drops, seconds);
        run.Draft.Note($"The connection dropped. Going on in {seconds:0} s…");
        await Task.Delay(TimeSpan.FromSeconds(seconds), time, run.Token).ConfigureAwait(false);
        run.Draft.Note("The connection dropped. Going on…");
    }

    private static StepsEnd? Limit(StepRun run)
    {
        var draft = run.Draft;
        if (draft.Step - run.FirstStep >= run.Assistant.MaxSteps)
        {
            return StepsEnd.StepLimit;
        }

        if (draft.IsFull)
        {
            return StepsEnd.PartLimit;
        }

        var failed = 0;
        for (var step = draft.Step - 1; step >= run.FirstStep; step--, failed++)
        {
            var calls = draft.CallsOf(step);
            if (calls.IsEmpty || calls.Any(c => c.State != ToolCallState.Failed))
            {
                break;
            }
        }

        return failed >= run.Assistant.MaxToolErrors ? StepsEnd.ToolErrors : RepeatsCall(run) ? StepsEnd.RepeatedCall : null;
    }

    // Also if other calls of the steps succeed, and if it is people who say no each time.
    private static bool RepeatsCall(StepRun run) => Enumerable.Range(run.FirstStep, Math.Max(0, run.Draft.Step - run.FirstStep))
        .SelectMany(step => run.Draft.CallsOf(step).Where(c => c.IsFinished && c.State != ToolCallState.Succeeded).Select(c => (c.Name, c.Arguments)).Distinct())
        .CountBy(call => call).Any(call => call.Value >= MostRepeatedCalls);

    /// <returns>How the run ends, or null if it continues.</returns>
    private async Task<StepsEnd?> StepAsync(StepRun run)
    {
        var began = time.GetTimestamp();
        var step = run.Draft.Step;
        var request = await run.PrepareAsync(step).ConfigureAwait(false);
        var (calls, finish, repeats) = await AskAsync(run, request).ConfigureAwait(false);
        // All of the step's text is in the draft: from now on, a decision on a call is stored with the whole step.
        run.Draft.NextStep();
        foreach (var (number, call) in calls.Index())
        {
            run.Draft.SetCall(repeats || finish == ChatFinishReason.Length ? Incomplete(call)
                : call.IsFinished ? call
                : await batch.PrepareAsync(run, call, number, request.Tools).ConfigureAwait(false));
        }

        foreach (var begun in run.Draft.CallsOf(step).Where(c => c.State == ToolCallState.Streaming))
        {
            run.Draft.SetCall(Incomplete(begun));
        }

        if (calls.Count > 0)
        {
            // Calls that wait for people are on disk before any tool runs, and long before the turn pauses.
            await batch.RunAsync(run, step, request.Tools).ConfigureAwait(false);
        }

        await run.StepEndedAsync(request, finish, time.GetElapsedTime(began)).ConfigureAwait(false);
        return repeats ? StepsEnd.Repetition
            : finish == ChatFinishReason.Length ? StepsEnd.LengthLimit
            : calls.Count > 0 ? null
            : run.Draft.Parts.Any(p => p is TextPart text && !string.IsNullOrWhiteSpace(text.Text)) ? StepsEnd.Answered
            : run.Draft.Parts.Any(p => p is ToolCallPart) ? StepsEnd.Silent
            : StepsEnd.Empty;
    }

    private ToolCallPart Incomplete(ToolCallPart call) => call with
    {
        State = ToolCallState.Failed,
        Result = "Not run: the answer was cut off before the call was complete.",
        EndedAt = time.GetUtcNow(),
    };

    /// <summary>Asks the model and streams its output into the response.</summary>
    /// <returns>The complete calls that it made, why it stopped, and whether it was ended because it repeated itself.</returns>
    private async Task<(List<ToolCallPart> Calls, ChatFinishReason? Finish, bool Repeats)> AskAsync(StepRun run, ModelRequest request)
    {
        var reading = new StepReading(run, request.Step, request.Tools, request.Origin, metrics, time.GetTimestamp(), time);
        var options = run.Begin(request);
        run.Steps++;
        try
        {
            await foreach (var update in request.Client.GetStreamingResponseAsync(request.Messages, options, run.Token).ConfigureAwait(false))
            {
                reading.Take(update);
                if (reading.Repeats)
                {
                    // Leaving the stream closes the provider's connection.
                    break;
                }

                await run.KeepPaceAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            reading.EndThinking();
            await run.AskedAsync(request).ConfigureAwait(false);
        }

        run.Answered(request, reading.ReportedInput);
        return (reading.Calls, reading.Finish, reading.Repeats);
    }

    [LoggerMessage(LogLevel.Warning, "The connection to the model of {AssistantId} dropped in the middle of a response; attempt {Attempt} to go on follows in {Seconds} s.")]
    private partial void LogDropped(string assistantId, int attempt, double seconds);
}
