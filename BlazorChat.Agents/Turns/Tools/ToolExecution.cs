using System.Collections.Concurrent;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns.Kernels;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Tools;

/// <summary>
/// Runs single tool calls, each in its own scope and within its time limit. A stop or the time limit ends a call at once, even if the tool
/// ignores its token. Such a tool is abandoned: its output is ignored, and its scope is disposed when it really ends.
/// </summary>
internal sealed partial class ToolExecution(IServiceScopeFactory scopes, TimeProvider time, ILogger<ToolExecution> logger)
{
    /// <summary>The most abandoned calls of one tool that are still running; beyond that, the tool is not called.</summary>
    public const int MostAbandoned = 20;

    private readonly ConcurrentDictionary<string, int> _abandoned = new(StringComparer.Ordinal);

    /// <summary>Runs one call. There is always an outcome, whatever the tool does.</summary>
    /// <param name="tool">A server tool.</param>
    /// <param name="call">The call.</param>
    /// <param name="timeout">The time limit.</param>
    /// <param name="assistant">The kernel of the calling assistant: its filters see the call, and the tool may ask its model.</param>
    /// <param name="stop">Ends the call at once.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was canceled; there is no outcome.</exception>
    public async Task<ToolOutcome> RunAsync(ChatTool tool, ToolCallContext call, TimeSpan timeout, Kernel assistant, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (tool.Site != ToolSite.Server || tool.Function is not AIFunction function)
        {
            return ToolOutcome.Failed("This tool does not run on the server.");
        }

        if (_abandoned.GetValueOrDefault(tool.Name) >= MostAbandoned)
        {
            return ToolOutcome.Failed($"The tool was not called: {MostAbandoned} earlier calls of it have not ended.");
        }

        if (ToolArguments.Read(call.Arguments, function.JsonSchema, out var problem) is not { } arguments)
        {
            return ToolOutcome.Failed(problem);
        }

        var ended = new CancellationTokenSource();
        var valve = new ToolCallValve(call);
        // On a pool thread: a tool may compute or block before it first awaits.
        var work = Task.Run(() => InvokeAsync(tool, assistant, valve.Call, arguments, ended.Token), CancellationToken.None);
        try
        {
            return await work.WaitAsync(timeout, time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogTimedOut(call.ToolName, call.CallId, call.MessageId, call.RoomId, timeout);
            return ToolOutcome.Failed($"The tool returned no result within {timeout.TotalSeconds:0.###} seconds and was stopped.");
        }
        catch (OperationCanceledException)
        {
            // What follows must not run inside the call that stopped this one.
            await Task.Yield();
            throw;
        }
        finally
        {
            valve.Close();
            if (work.IsCompleted)
            {
                ended.Dispose();
            }
            else
            {
                _ = AbandonAsync(tool.Name, work, ended);
            }
        }
    }

    /// <summary>Never throws: an error is an outcome too.</summary>
    private async Task<ToolOutcome> InvokeAsync(ChatTool tool, Kernel assistant, ToolCallContext call, AIFunctionArguments arguments, CancellationToken ended)
    {
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                scope.ServiceProvider.GetRequiredService<ToolCallAccessor>().Call = call;
                arguments.Services = scope.ServiceProvider;
                arguments.Context = new Dictionary<object, object?> { [typeof(ToolCallContext)] = call };
                if (ToolFunctions.Arguments(arguments) is not { } given)
                {
                    return ToolOutcome.Failed("Two arguments have names that differ only in case.");
                }

                var kernel = AssistantKernel.ForScope(assistant, scope.ServiceProvider, call.CountTokens);
                var result = (await kernel.InvokeAsync(ToolFunctions.Of(tool), given, ended).ConfigureAwait(false)).GetValue<object>();
                var text = ToolResults.AsStream(result) is { } stream
                    ? await ReadAsync(stream, call, ended).ConfigureAwait(false)
                    : ToolResults.ToText(result);
                return new ToolOutcome(text, IsError: false);
            }
        }
        catch (NotForAllReadersException e)
        {
            LogNotForAll(call.ToolName, call.CallId, call.MessageId, call.RoomId);
            return ToolOutcome.Failed(StorableText.From(e.Message));
        }
        catch (ToolFailedException e)
        {
            LogFailed(e, call.ToolName, call.CallId, call.MessageId, call.RoomId);
            return ToolOutcome.Failed(TextCut.Marked(StorableText.From($"The tool failed. {e.Message}"), RoomLimits.ToolResultLength));
        }
#pragma warning disable CA1031 // Tools are external code: whatever they throw, the turn continues and the model is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!ended.IsCancellationRequested)
            {
                LogFailed(e, call.ToolName, call.CallId, call.MessageId, call.RoomId);
            }

            return ToolOutcome.Failed("The tool failed.");
        }
    }

    /// <summary>Shows each item as it comes; the last one is the result.</summary>
    private static async Task<string> ReadAsync(IAsyncEnumerable<object?> stream, ToolCallContext call, CancellationToken ended)
    {
        var last = ToolResults.Nothing;
        await foreach (var item in stream.WithCancellation(ended).ConfigureAwait(false))
        {
            ended.ThrowIfCancellationRequested();
            last = ToolResults.ToText(item);
            call.ShowPreliminary(last);
        }

        return last;
    }

    private async Task AbandonAsync(string name, Task work, CancellationTokenSource ended)
    {
        _abandoned.AddOrUpdate(name, 1, static (_, count) => count + 1);
        try
        {
            // The tool's own callbacks run on the pool: they may block or throw.
            await ended.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException e)
        {
            LogCallback(e, name);
        }

        await work.ConfigureAwait(false);
        ended.Dispose();
        _abandoned.AddOrUpdate(name, 0, static (_, count) => count - 1);
    }

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} failed: call {CallId} of response {MessageId} in room {RoomId}.")]
    private partial void LogFailed(Exception exception, string toolName, string callId, Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Tool {ToolName} returned nothing, because not everybody may read it who reads the room: call {CallId} of response {MessageId} in room {RoomId}.")]
    private partial void LogNotForAll(string toolName, string callId, Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} timed out: call {CallId} of response {MessageId} in room {RoomId}, after {Timeout}.")]
    private partial void LogTimedOut(string toolName, string callId, Guid messageId, Guid roomId, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "Tool {ToolName} threw an exception when it was told to end.")]
    private partial void LogCallback(Exception exception, string toolName);
}
