using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>OpenAI, and every server that speaks its chat completions protocol: Ollama, llama.cpp, vLLM, LM Studio, Azure's v1 endpoint and others.</summary>
/// <param name="time">The clock.</param>
public sealed class OpenAIChatClientProvider(TimeProvider time) : IChatClientProvider
{
    /// <summary>The name that assistants are configured with.</summary>
    public const string ProviderName = "OpenAI";

    /// <summary>
    /// The smallest of OpenAI's current models (November 2026), which OpenAI names as the successor of gpt-4o-mini and
    /// gpt-4.1-mini when these are shut down in January 2027 (https://developers.openai.com/api/docs/deprecations).
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
        var client = new OpenAIChatClient(options.Model!, endpoint, options.ApiKey, time);

        // The protocol has a field for names. OpenAI shows it to the model but takes 64 ASCII characters only; most other
        // servers take any name and show none.
        return new SpeakerEnvelopeChatClient(client, IsOpenAI(options) ? name => !OpenAINames.Fits(name) : null);
    }

    private static bool IsOpenAI(AssistantOptions options) =>
        options.Endpoint is null || (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Host == DefaultEndpoint.Host);
}
