using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Defaults;

/// <summary>Fills in request settings that the caller leaves open. They take precedence over the assistant's own defaults.</summary>
internal sealed class DefaultsMiddleware : IChatMiddleware
{
    public const string MiddlewareName = "defaults";

    public string Name => MiddlewareName;

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<DefaultsOptions>(settings, Problems);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new DefaultsChatClient(inner, MiddlewareSettings.Read<DefaultsOptions>(context.Settings));

    private static IEnumerable<(string Setting, string Problem)> Problems(DefaultsOptions options)
    {
        for (var i = 0; i < options.StopSequences?.Count; i++)
        {
            if (options.StopSequences[i] is not { Length: >= 1 and <= 100 })
            {
                yield return ($"{nameof(options.StopSequences)}:{i}", "must have 1 to 100 characters.");
            }
        }
    }

    private sealed class DefaultsChatClient(IChatClient inner, DefaultsOptions defaults) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages, WithDefaults(options), cancellationToken);

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, WithDefaults(options), cancellationToken);

        private ChatOptions WithDefaults(ChatOptions? options)
        {
            var copy = options?.Clone() ?? new ChatOptions();
            copy.ModelId ??= defaults.ModelId;
            copy.Temperature ??= defaults.Temperature;
            copy.TopP ??= defaults.TopP;
            copy.TopK ??= defaults.TopK;
            copy.FrequencyPenalty ??= defaults.FrequencyPenalty;
            copy.PresencePenalty ??= defaults.PresencePenalty;
            copy.MaxOutputTokens ??= defaults.MaxOutputTokens;
            copy.Seed ??= defaults.Seed;
            copy.AllowMultipleToolCalls ??= defaults.AllowMultipleToolCalls;
            copy.Reasoning ??= defaults.ReasoningEffort is null ? null : new ReasoningOptions { Effort = defaults.ReasoningEffort };
            if (copy.StopSequences is not { Count: > 0 } && defaults.StopSequences is { Count: > 0 } stops)
            {
                copy.StopSequences = [.. stops];
            }

            return copy;
        }
    }
}
