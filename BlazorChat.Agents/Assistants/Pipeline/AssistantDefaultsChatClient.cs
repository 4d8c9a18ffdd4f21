using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Pipeline;

/// <summary>
/// Adds an assistant's token limit, temperature and reasoning effort where the caller's options leave them open, in a copy of the options.
/// </summary>
/// <param name="inner">The provider's client.</param>
/// <param name="maxOutputTokens">The most tokens of one response.</param>
/// <param name="temperature">Null for the model's own default.</param>
/// <param name="effort">Null for the model's own default.</param>
internal sealed class AssistantDefaultsChatClient(IChatClient inner, int maxOutputTokens, float? temperature, ReasoningEffort? effort)
    : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(messages, WithDefaults(options), cancellationToken);

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(messages, WithDefaults(options), cancellationToken);

    private ChatOptions WithDefaults(ChatOptions? options)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        copy.MaxOutputTokens ??= maxOutputTokens;
        copy.Temperature ??= temperature;
        copy.Reasoning ??= effort is null ? null : new ReasoningOptions { Effort = effort };
        return copy;
    }
}
