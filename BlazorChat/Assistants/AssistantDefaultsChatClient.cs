using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// Sends an assistant's own limit and temperature where the caller's options say nothing. It hands every client below it a
/// copy of the options and of the list of messages: an implementation may change what it is given.
/// </summary>
/// <param name="inner">The provider's client.</param>
/// <param name="maxOutputTokens">The most tokens of one answer.</param>
/// <param name="temperature">Null for the model's own default.</param>
public sealed class AssistantDefaultsChatClient(IChatClient inner, int maxOutputTokens, float? temperature) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(Copy(messages), WithDefaults(options), cancellationToken);

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(Copy(messages), WithDefaults(options), cancellationToken);

    private static List<ChatMessage> Copy(IEnumerable<ChatMessage> messages)
    {
        var copies = new List<ChatMessage>();
        foreach (var message in messages)
        {
            var copy = message.Clone();
            copy.Contents = [.. message.Contents];
            copies.Add(copy);
        }

        return copies;
    }

    private ChatOptions WithDefaults(ChatOptions? options)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        copy.MaxOutputTokens ??= maxOutputTokens;
        copy.Temperature ??= temperature;
        return copy;
    }
}
