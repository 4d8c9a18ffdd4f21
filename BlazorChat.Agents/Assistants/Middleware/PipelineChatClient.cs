using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>
/// The outside of an assistant's middleware. The guard stands inside of them, next to the provider: only there does silence
/// mean the provider's (a middleware may hold text back or let it out slowly), only there does a repetition before the first
/// token repeat nothing that a middleware has shown, and each middleware sees one response, not several attempts. But then
/// what the guard promises has to be made true again out here, whatever a middleware does: one that throws ends the response
/// with a <see cref="ChatFailureException"/> and a sentence, a stop ends it at once though a middleware ignores it, an
/// answer that a middleware took the end, the text or the bounds of is a failure, and notices come before the first token
/// only. Nothing is repeated here.
/// </summary>
/// <param name="inner">The outermost middleware.</param>
/// <param name="limits">What one response may take; the idle time-out is the guard's.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets kinds, no contents.</param>
internal sealed class PipelineChatClient(IChatClient inner, GuardLimits limits, TimeProvider time, ILogger<PipelineChatClient> logger)
    : DelegatingChatClient(inner)
{
    private readonly GuardLimits _limits = limits with { IdleTimeout = Timeout.InfiniteTimeSpan, RetryAttempts = 0 };

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            if (update.Contents is not [RetryNoticeContent])
            {
                updates.Add(update);
            }
        }

        return updates.ToChatResponse();
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var total = new CancellationTokenSource(_limits.TotalTimeout, time);
        var response = new GuardedResponse(InnerClient, [.. messages], options, _limits, time, Explain, total.Token, cancellationToken);
        await using (response.ConfigureAwait(false))
        {
            while (await response.ReadAsync().ConfigureAwait(false) is { } update)
            {
                yield return update;
            }
        }
    }

    private ChatFailureException Explain(Exception exception)
    {
        if (exception is ChatFailureException failure)
        {
            return failure;
        }

        MiddlewareLog.Broke(logger, exception);
        return ChatFailures.Middleware(exception);
    }
}
