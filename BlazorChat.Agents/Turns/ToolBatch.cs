using System.Text;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>The tool calls of one step: who has to agree first, and the running of those that can run, side by side.</summary>
internal sealed partial class ToolBatch(ToolExecution execution, ITurnStore store, TimeProvider time, ILogger<ToolBatch> logger)
{
    /// <summary>Most calls of one step that run, or are put to people; the others get an error result.</summary>
    public const int MostCalls = 20;

    /// <summary>Decides what a call needs before it can run.</summary>
    /// <param name="state">The turn.</param>
    /// <param name="call">The call, complete.</param>
    /// <param name="number">Which of its step's calls it is, from 0.</param>
    /// <param name="tools">What the model may call in this step.</param>
    public async Task<ToolCallPart> PrepareAsync(TurnState state, ToolCallPart call, int number, IReadOnlyList<ChatTool> tools)
    {
        if (number >= MostCalls)
        {
            return Failed(call, $"Not called: at most {MostCalls} calls may be made at once.");
        }

        if (tools.FirstOrDefault(t => t.Name == call.Name) is not { } tool)
        {
            return Failed(call, "There is no tool of this name.");
        }

        // Nobody is asked about what cannot run.
        if (ToolArguments.Read(call.Arguments, tool.Function.JsonSchema, out var problem) is null)
        {
            return Failed(call, problem);
        }

        if (tool.NeedsApproval is { } rule && await NeedsApprovalAsync(rule, state, call).ConfigureAwait(false))
        {
            return call with { State = ToolCallState.AwaitingApproval };
        }

        return call with { State = tool.Site == ToolSite.Browser ? ToolCallState.AwaitingBrowser : ToolCallState.Ready };
    }

    /// <summary>Runs the calls of a step that are ready. What each came to is stored as it comes: a tool that has finished never runs again.</summary>
    public async Task RunAsync(TurnState state, int step, IReadOnlyList<ChatTool> tools)
    {
        var began = time.GetUtcNow();
        var running = new List<(ToolCallPart Call, ChatTool? Tool)>();
        foreach (var call in state.Draft.CallsOf(step).Where(c => c.State == ToolCallState.Ready))
        {
            var tool = tools.FirstOrDefault(t => t.Name == call.Name);
            if (tool?.Site == ToolSite.Browser)
            {
                // A person agreed; now it is their browser's turn.
                state.Draft.SetCall(call with { State = ToolCallState.AwaitingBrowser });
                continue;
            }

            // Before it runs: whoever finds it so after a crash must not run it again.
            var started = call with { State = ToolCallState.Running, BeganAt = began };
            state.Draft.SetCall(started);
            running.Add((started, tool));
        }

        await state.SaveAsync().ConfigureAwait(false);
        await Task.WhenAll(running.Select(r => RunAsync(state, r.Call, r.Tool))).ConfigureAwait(false);
    }

    private async Task RunAsync(TurnState state, ToolCallPart call, ChatTool? tool)
    {
        var outcome = tool is null
            ? ToolOutcome.Failed("This tool is not there any more.")
            : await execution.RunAsync(tool, ContextOf(state, call), tool.Timeout ?? state.Assistant.ToolTimeout, state.Assistant.Kernel, state.Token).ConfigureAwait(false);
        var ended = call with
        {
            State = outcome.IsError ? ToolCallState.Failed : ToolCallState.Succeeded,
            Result = outcome.Result,
            EndedAt = time.GetUtcNow(),
        };
        state.Draft.SetCall(await ShortenAsync(ended, state.Claimed.Response.Id).ConfigureAwait(false));
        await state.SaveAsync().ConfigureAwait(false);
        LogEnded(call.Name, call.CallId, ended.State, (ended.EndedAt - ended.BeganAt)?.TotalMilliseconds ?? 0);
    }

    // The message keeps the beginning of a long result, and so does the model; the whole is kept beside it.
    private async Task<ToolCallPart> ShortenAsync(ToolCallPart call, Guid messageId)
    {
        if (call.Result is not { Length: > RoomLimits.ToolResultLength } whole)
        {
            return call;
        }

        var blobId = await store.AddBlobAsync(messageId, new Blob("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(whole)), CancellationToken.None).ConfigureAwait(false);
        return call with { Result = TextCut.Marked(whole, RoomLimits.ToolResultLength), BlobId = blobId, WholeLength = whole.Length };
    }

    private async Task<bool> NeedsApprovalAsync(ToolApprovalRule rule, TurnState state, ToolCallPart call)
    {
        try
        {
            return await Stoppable.RunAsync(() => rule(ContextOf(state, call), state.Token), state.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A rule that breaks must not let a call through.
        catch (Exception e) when (!state.Token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRuleFailed(e, call.Name, call.CallId);
            return true;
        }
    }

    private static ToolCallContext ContextOf(TurnState state, ToolCallPart call) => new()
    {
        RoomId = state.Room.Id,
        MessageId = state.Claimed.Response.Id,
        CallId = call.CallId,
        ToolName = call.Name,
        Arguments = call.Arguments,
        Assistant = state.Assistant.Author,
        Request = state.Claimed.Request,
        Chain = [state.Assistant.Author.Id],
        DataSink = (data, isTransient) => Put(state, data with { Step = call.Step }, isTransient),
        PreliminarySink = text => state.Draft.ChangeCall(call.CallId, c => c.State == ToolCallState.Running ? c with { Result = text } : c),
        UsageSink = state.Add,
    };

    private static void Put(TurnState state, DataPart data, bool isTransient)
    {
        try
        {
            state.Draft.Put(data, isTransient);
        }
        catch (ResponseFailedException e)
        {
            // The tool's matter, and not yet the response's end.
            throw new ToolFailedException(e.Message, e);
        }
    }

    private ToolCallPart Failed(ToolCallPart call, string sentence) =>
        call with { State = ToolCallState.Failed, Result = sentence, EndedAt = time.GetUtcNow() };

    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId}: {State} after {Milliseconds} ms.")]
    private partial void LogEnded(string toolName, string callId, ToolCallState state, double milliseconds);

    [LoggerMessage(LogLevel.Error, "The approval rule of tool {ToolName} failed for call {CallId}; a person is asked.")]
    private partial void LogRuleFailed(Exception exception, string toolName, string callId);
}
