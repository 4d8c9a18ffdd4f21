using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Providers;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Resilience;

/// <summary>
/// Makes a provider's silent failures visible. However the inner client ends, this one produces a complete response with a finish reason;
/// or everything that arrived, followed by one <see cref="ChatFailureException"/>; or, if the caller's token was canceled, an immediate
/// <see cref="OperationCanceledException"/>, even if the inner client ignores the token. It retries a request that failed before the first
/// token, announced by <see cref="RetryNoticeContent"/>. After the first token, nothing is retried.
/// </summary>
/// <param name="inner">A provider's client without retries of its own. Its stream is read even for a whole response, unless the options set <see cref="BlazorChat.Turns.TurnProperties.Whole"/>.</param>
/// <param name="limits">The limits of one response.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs kinds, times and counts, no contents.</param>
internal sealed class GuardChatClient(IChatClient inner, GuardLimits limits, TimeProvider time, ILogger<GuardChatClient> logger)
    : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A sequence may support only one enumeration, and a retry needs it again.
        var prompt = messages.ToList();
        using var total = new CancellationTokenSource(limits.TotalTimeout, time);
        for (var attempt = 1; ; attempt++)
        {
            ChatFailureException? failure = null;
            bool started;
            var response = new GuardedResponse(InnerClient, prompt, options, limits, time, ChatFailures.From, total.Token, cancellationToken);
            await using (response.ConfigureAwait(false))
            {
                while (true)
                {
                    ChatResponseUpdate? update = null;
                    try
                    {
                        update = await response.ReadAsync().ConfigureAwait(false);
                    }
                    catch (ChatFailureException exception)
                    {
                        failure = exception;
                    }

                    if (update is null)
                    {
                        break;
                    }

                    yield return update;
                }

                started = response.Started;
            }

            if (failure is null)
            {
                yield break;
            }

            if (started || attempt > limits.RetryAttempts || !RetryRules.IsTransient(failure))
            {
                LogFailure(failure, attempt, started);
                throw failure;
            }

            if (!RetryRules.TryGetDelay(failure, attempt, out var delay))
            {
                LogFailure(failure, attempt, started);
                throw ChatFailures.WaitTooLong(failure);
            }

            GuardLog.Retrying(logger, failure.Kind, failure.StatusCode, attempt, delay);
            yield return new ChatResponseUpdate { Contents = [new RetryNoticeContent(delay, attempt, failure.Message)] };
            await WaitAsync(delay, total.Token, cancellationToken).ConfigureAwait(false);
        }
    }

    private void LogFailure(ChatFailureException failure, int attempt, bool started)
    {
        GuardLog.Failed(logger, failure.Kind, failure.StatusCode, attempt, started, failure.InnerException?.GetType().Name);
        if (ChatFailures.IsUnforeseen(failure))
        {
            GuardLog.Unforeseen(logger, failure.InnerException!);
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken total, CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(total, stop);
        try
        {
            await Task.Delay(delay, time, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            stop.ThrowIfCancellationRequested();
            throw ChatFailures.TimedOut(exception);
        }
    }
}
