using System.Runtime.CompilerServices;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>
/// The demo assistant: it follows rules, always gives the same answer to the same message, and says so. It makes the first run useful and
/// shows, on request, everything that can happen in a room, without a model. <see cref="DemoScript"/> lists what it understands.
/// </summary>
/// <param name="tokensPerSecond">How fast it writes, in tokens per second.</param>
/// <param name="time">The clock for its pace.</param>
internal sealed class DemoChatClient(int tokensPerSecond, TimeProvider time) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("demo", providerUri: null, DemoChatClientProvider.ModelId);

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToList();
        var plan = DemoScript.Plan(prompt, options?.Tools ?? []);
        var id = $"demo-{prompt.Count}";
        var pace = new DemoTokenRate(plan.IsSlow ? tokensPerSecond / 10.0 : tokensPerSecond, time);
        foreach (var piece in DemoTokenRate.Split(plan.Reasoning))
        {
            await pace.NextAsync(piece, cancellationToken).ConfigureAwait(false);
            yield return Update(id, new TextReasoningContent(piece));
        }

        foreach (var piece in DemoTokenRate.Split(plan.Text))
        {
            await pace.NextAsync(piece, cancellationToken).ConfigureAwait(false);
            yield return Update(id, new TextContent(piece));
        }

        foreach (var call in plan.Calls)
        {
            foreach (var piece in DemoTools.Pieces(call))
            {
                await pace.NextAsync(piece, cancellationToken).ConfigureAwait(false);
                yield return Update(id, new ToolCallDeltaContent(call.CallId, call.Name, piece));
            }
        }

        switch (plan.Ending)
        {
            case DemoEnding.Failure:
                throw new ChatFailureException(ChatFailureKind.ProviderError, "The demo assistant failed, as it was asked to.", canRetry: true);
            case DemoEnding.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
                break;
        }

        var last = Update(id, [.. plan.Calls, new UsageContent(pace.Usage(prompt))]);
        last.FinishReason = plan.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <summary>There is nothing to dispose of.</summary>
    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(string id, params IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = DemoChatClientProvider.ModelId,
    };
}
