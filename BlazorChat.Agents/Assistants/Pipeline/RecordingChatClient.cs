using BlazorChat.Assistants.Providers;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Pipeline;

/// <summary>
/// The last client before the provider: reports what is sent to the request's <see cref="IStepRecorder"/>, if it has one, and removes what
/// is meant only for this application (<see cref="TurnProperties.Prefix"/>). It is inside the guard, so that every attempt is recorded, and
/// after the assistant's defaults, so that they are recorded too.
/// </summary>
/// <param name="inner">The provider's client.</param>
internal sealed class RecordingChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = Fit(messages);
        return base.GetResponseAsync(prompt, Record(prompt, options), cancellationToken);
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = Fit(messages);
        return base.GetStreamingResponseAsync(prompt, Record(prompt, options), cancellationToken);
    }

    /// <summary>Without unsealed reasoning for a provider of the host, which may send whatever it is given; our own take it out themselves.</summary>
    private List<ChatMessage> Fit(IEnumerable<ChatMessage> messages) =>
        this.GetService<ModelServer>() is null ? [.. messages.Select(message => message.Contents.Any(IsUnsealed) ? WithoutUnsealed(message) : message)] : [.. messages];

    private ChatOptions? Record(List<ChatMessage> messages, ChatOptions? options)
    {
        if (options?.AdditionalProperties is not { } properties || !properties.Keys.Any(IsOurs))
        {
            return options;
        }

        var sent = options.Clone();
        sent.AdditionalProperties = null;
        foreach (var (key, value) in properties)
        {
            if (!IsOurs(key))
            {
                (sent.AdditionalProperties ??= [])[key] = value;
            }
        }

        if (properties.TryGetValue(TurnProperties.Recorder, out var recorder) && recorder is IStepRecorder steps)
        {
            // Copies, because a provider's client may change its arguments.
            steps.Sent(messages.ConvertAll(Copy), sent.Clone());
        }

        return sent;
    }

    private static bool IsOurs(string key) => key.StartsWith(TurnProperties.Prefix, StringComparison.OrdinalIgnoreCase);

    private ChatMessage Copy(ChatMessage message)
    {
        if (this.GetService<ModelServer>()?.Form.Rules.Contains(RequestRule.SendReasoning) != true)
        {
            return WithoutUnsealed(message);
        }

        var copy = message.Clone();
        copy.Contents = [.. message.Contents];
        return copy;
    }

    private static ChatMessage WithoutUnsealed(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Where(content => !IsUnsealed(content))];
        return copy;
    }

    private static bool IsUnsealed(AIContent content) => content is TextReasoningContent { ProtectedData: null };
}
