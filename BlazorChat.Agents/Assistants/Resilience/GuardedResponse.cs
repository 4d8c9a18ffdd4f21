using System.Runtime.CompilerServices;
using System.Text;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Resilience;

/// <summary>One attempt of a <see cref="GuardChatClient"/>: reads one stream, enforces the timeouts and decides how it ended. Not thread-safe.</summary>
internal sealed class GuardedResponse : IAsyncDisposable
{
    private readonly GuardLimits _limits;
    private readonly CancellationToken _total;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenRegistration _stopped;
    private readonly TaskCompletionSource _stopSignal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _idle;
    private readonly Lock _idleLock = new();
    private readonly Action _beat;
    private bool _isWaiting;
    private readonly bool _mayBeSilent;

    // A guard further in has already decided that a failure after the end of the response counts.
    private readonly bool _isInnerGuarded;
    private readonly StringBuilder _refusal = new();
    private readonly Func<IAsyncEnumerator<ChatResponseUpdate>> _ask;
    private readonly Func<Exception, ChatFailureException> _explain;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private volatile bool _stalled;
    private Task? _abandoned;
    private ChatFinishReason? _finishReason;
    private long _characters;
    private bool _hasText;
    private bool _hasReasoning;
    private bool _hasCalls;
    private bool _ended;

    public GuardedResponse(
        IChatClient client,
        List<ChatMessage> prompt,
        ChatOptions? options,
        GuardLimits limits,
        TimeProvider time,
        Func<Exception, ChatFailureException> explain,
        CancellationToken total,
        CancellationToken caller,
        bool isInnerGuarded = false)
    {
        _isInnerGuarded = isInnerGuarded;
        _explain = explain;
        _limits = limits;
        _total = total;
        _caller = caller;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(caller, total);

        // After the results of its tools, a model may have nothing to add to what it said when it called them.
        _mayBeSilent = prompt.Count > 0 && prompt[^1].Role == ChatRole.Tool;

        // Registered before the client sees the token: callbacks run last in, first out, so the client's socket is told of a stop before
        // anyone who waits here.
        _stopped = _stop.Token.Register(static signal => ((TaskCompletionSource)signal!).TrySetResult(), _stopSignal);
        _idle = time.CreateTimer(static response => ((GuardedResponse)response!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // Of the guard around this one, if there is one.
        var outer = ModelPulse.Current;
        _beat = () =>
        {
            outer?.Invoke();
            lock (_idleLock)
            {
                if (_isWaiting)
                {
                    _idle.Change(_limits.IdleTimeout, Timeout.InfiniteTimeSpan);
                }
            }
        };

        // A client may change its arguments; neither the caller nor the next attempt may see that.
        _ask = () => Ask(client, prompt.ConvertAll(Copy), options?.Clone(), _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Whether anything has come that a retry would repeat.</summary>
    public bool Started { get; private set; }

    /// <summary>Returns the next update with contents; null when the response is complete.</summary>
    /// <exception cref="ChatFailureException">The response failed.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped it.</exception>
    public async ValueTask<ChatResponseUpdate?> ReadAsync()
    {
        while (true)
        {
            _caller.ThrowIfCancellationRequested();
            try
            {
                _ended = !await MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_caller.IsCancellationRequested)
            {
                // Whatever a client throws when it is stopped, it was a stop.
                throw new OperationCanceledException(_caller);
            }
            catch (Exception exception) when (_finishReason is null || (_isInnerGuarded && exception is ChatFailureException))
            {
                throw _stalled ? ChatFailures.Stalled(_limits.IdleTimeout, exception)
                    : _total.IsCancellationRequested ? ChatFailures.TimedOut(exception)
                    : _explain(exception);
            }
            catch (Exception)
            {
                // The response was complete; only something after it failed.
                return End();
            }

            if (_ended)
            {
                return End();
            }

            var update = _updates!.Current;
            if (Take(update))
            {
                return update;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            // If it were only disposed, a client might drain its connection first, while the provider writes on for seconds.
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        await _idle.DisposeAsync().ConfigureAwait(false);
        if (_abandoned is null)
        {
            await DisposeUpdatesAsync().ConfigureAwait(false);
        }
        else
        {
            _ = DisposeAfterAsync(_abandoned);
        }

        await _stopped.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Ask(IChatClient client, List<ChatMessage> prompt, ChatOptions? options, CancellationToken stop) =>
        options?.AdditionalProperties?.TryGetValue(TurnProperties.Whole, out var whole) == true && whole is true
            ? AskWholeAsync(client, prompt, options, stop)
            : client.GetStreamingResponseAsync(prompt, options, stop);

    private static async IAsyncEnumerable<ChatResponseUpdate> AskWholeAsync(
        IChatClient client, List<ChatMessage> prompt, ChatOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var response = await client.GetResponseAsync(prompt, options, stop).ConfigureAwait(false);
        foreach (var update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    private static ChatMessage Copy(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents];
        return copy;
    }

    private async ValueTask<bool> MoveNextAsync()
    {
        // Only in this call, and in what it calls.
        ModelPulse.Current = _beat;

        // Only now, because even creating the enumerator may throw.
        _updates ??= _ask();
        var next = _updates.MoveNextAsync();
        if (next.IsCompleted)
        {
            return await next.ConfigureAwait(false);
        }

        var task = next.AsTask();
        Wait(true);
        await Task.WhenAny(task, _stopSignal.Task).ConfigureAwait(false);
        Wait(false);
        if (!task.IsCompleted)
        {
            // The client was canceled and does not react. No one waits for it.
            _abandoned = task;
            throw new OperationCanceledException(_stop.Token);
        }

        return await task.ConfigureAwait(false);
    }

    private void Wait(bool isWaiting)
    {
        lock (_idleLock)
        {
            _isWaiting = isWaiting;
            _idle.Change(isWaiting ? _limits.IdleTimeout : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Records an update; false if it contains nothing that the caller needs.</summary>
    private bool Take(ChatResponseUpdate update)
    {
        var says = false;
        var notes = false;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    _characters += text.Text.Length;
                    _hasText |= !string.IsNullOrWhiteSpace(text.Text);
                    says |= text.Text.Length > 0 || text.Annotations is { Count: > 0 };
                    break;
                case TextReasoningContent thought when ThoughtSoFar.Is(thought):
                    (_hasReasoning, _hasText) = (_hasReasoning || _hasText, false);
                    says = true;
                    break;
                case TextReasoningContent reasoning:
                    _characters += reasoning.Text.Length + (reasoning.ProtectedData?.Length ?? 0);
                    _hasReasoning |= !string.IsNullOrWhiteSpace(reasoning.Text);
                    says |= reasoning.Text.Length > 0 || reasoning.ProtectedData is not null;
                    break;
                case ErrorContent { ErrorCode: ChatFailures.RefusalCode } refusal:
                    Started = true;
                    _refusal.Append(refusal.Message);
                    break;
                case ErrorContent error:
                    throw ChatFailures.ErrorEvent(error.ErrorCode, error.Message);
                case ToolCallDeltaContent delta:
                    // People see it: a retry would show it again.
                    _characters += delta.Arguments.Length;
                    says = true;
                    break;
                case ToolCallContent call:
                    _characters += call is FunctionCallContent { Name.Length: var name } ? name : 0;
                    _hasCalls = true;
                    says = true;
                    break;
                case ResponseNoteContent:
                    // Only until something has come: a notice shown beside a response that has begun would stay there.
                    notes |= !Started;
                    break;
                case UsageContent:
                    // Billed, but a retry would not show it again.
                    break;
                default:
                    says = true;
                    break;
            }
        }

        if (!says)
        {
            // Even empty updates are kept by the code that collects the response, so they must be bounded too.
            _characters++;
        }

        _finishReason = update.FinishReason ?? _finishReason;
        if (_characters > _limits.MaxResponseCharacters || _refusal.Length > _limits.MaxResponseCharacters)
        {
            throw ChatFailures.TooLong(_limits.MaxResponseCharacters);
        }

        Started |= says;

        // Before the first token, an update without contents carries only ids, which every later update repeats.
        return says || notes || update.Contents.Any(content => content is UsageContent) || ((Started || _mayBeSilent) && update.FinishReason is not null);
    }

    private ChatResponseUpdate? End()
    {
        if (_finishReason is not { } reason)
        {
            throw ChatFailures.EndedEarly();
        }

        if (_refusal.Length > 0 || reason == ChatFinishReason.ContentFilter)
        {
            throw ChatFailures.Refused(_refusal.ToString());
        }

        if (!_hasText && !_hasCalls && !(_mayBeSilent && reason == ChatFinishReason.Stop))
        {
            throw ChatFailures.Empty(ranOutOfTokens: reason == ChatFinishReason.Length, _hasReasoning);
        }

        return null;
    }

    private void OnIdle()
    {
        _stalled = true;
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's own callback threw on a timer's thread, where no one but the process would notice.
        }
    }

    private async Task DisposeAfterAsync(Task pending)
    {
        try
        {
            await pending.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was stopped or has stalled, which has been reported.
        }

        await DisposeUpdatesAsync().ConfigureAwait(false);
    }

    private async ValueTask DisposeUpdatesAsync()
    {
        if (_updates is null)
        {
            return;
        }

        try
        {
            await _updates.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A connection that cannot even be closed does not change how the response ended.
        }
    }
}
