using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>
/// The outer end of an assistant's middleware. The guard is further in, next to the provider, for three reasons: only there does silence
/// mean the provider's silence (middleware may hold text back or release it slowly); only there does a retry before the first token repeat
/// nothing that middleware has shown; and each middleware sees one response rather than several attempts. Middleware could break the
/// guard's promises, so this client restores them: an exception ends the response with a <see cref="ChatFailureException"/> and a
/// sentence, a stop ends it at once even if middleware ignores it, a response that middleware left without an end, without text or beyond
/// its limits is a failure, and notices come only before the first token. Nothing is retried here.
/// </summary>
/// <param name="inner">The outermost middleware.</param>
/// <param name="limits">The limits of one response; the guard handles the idle timeout.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs kinds of failures, no contents.</param>
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

        var response = updates.ToChatResponse();
        foreach (var message in response.Messages)
        {
            ThoughtSoFar.Apply(message.Contents);
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var total = new CancellationTokenSource(_limits.TotalTimeout, time);
        var response = new GuardedResponse(InnerClient, [.. messages], options, _limits, time, Explain, total.Token, cancellationToken, isInnerGuarded: true);
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
