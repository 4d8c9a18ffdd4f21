using BlazorChat.Assistants.Providers.Streams;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>OpenAI, and every server that speaks one of its protocols: Ollama, llama.cpp, vLLM, LM Studio, Azure's v1 endpoint and others.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Creates the logger for what a server refuses.</param>
internal sealed class OpenAIChatClientProvider(TimeProvider time, ILoggerFactory loggers) : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "OpenAI";

    /// <summary>
    /// The smallest of OpenAI's current models (November 2026). OpenAI names it as the successor of gpt-4o-mini and gpt-4.1-mini, which
    /// will be shut down in January 2027 (https://developers.openai.com/api/docs/deprecations).
    /// </summary>
    public const string DefaultModelId = "gpt-6-luna";

    /// <summary>OpenAI's own servers.</summary>
    public static readonly Uri DefaultEndpoint = new("https://api.openai.com/v1");

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => IsOpenAI(options) ? DefaultModelId : null;

    /// <inheritdoc/>
    public bool RequiresApiKey(AssistantOptions options) => IsOpenAI(options);

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        var endpoint = options.Endpoint is null ? DefaultEndpoint : new Uri(options.Endpoint);
        if (Protocol(options) == OpenAIProtocol.Responses)
        {
            // Its messages have no field for names.
            return new SpeakerEnvelopeChatClient(new ResponsesChatClient(options.Model!, endpoint, options.ApiKey, options.Store == true, ModelServer.Connect(options, ModelProtocol.Responses, time, loggers)));
        }

        var client = new OpenAIChatClient(options.Model!, endpoint, options.ApiKey, ModelServer.Connect(options, ModelProtocol.Chat, time, loggers));

        // The protocol has a field for names. OpenAI shows it to the model but accepts only 64 ASCII characters; most other servers accept
        // any name and do not show it.
        return new SpeakerEnvelopeChatClient(client, IsOpenAI(options) ? name => !OpenAINames.Fits(name) : null);
    }

    /// <inheritdoc/>
    public IEnumerable<string> NotSent(AssistantOptions options) => Protocol(options) == OpenAIProtocol.Responses
        ? [nameof(ChatOptions.TopK), nameof(ChatOptions.Seed), nameof(ChatOptions.FrequencyPenalty), nameof(ChatOptions.PresencePenalty), nameof(ChatOptions.StopSequences)]
        : [nameof(ChatOptions.TopK)];

    /// <summary>OpenAI's own servers support both protocols, and the newer one does more there. Most other servers support only the older one.</summary>
    internal static OpenAIProtocol Protocol(AssistantOptions options) =>
        options.Protocol ?? (IsOpenAI(options) ? OpenAIProtocol.Responses : OpenAIProtocol.Chat);

    private static bool IsOpenAI(AssistantOptions options) =>
        options.Endpoint is null || (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Host == DefaultEndpoint.Host);
}
