using Anthropic;
using Anthropic.Core;
using BlazorChat.Assistants.Providers.Streams;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Anthropic;

/// <summary>Anthropic, through its own library's <see cref="IChatClient"/>.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Creates the logger for what a server refuses.</param>
internal sealed class AnthropicChatClientProvider(TimeProvider time, ILoggerFactory loggers) : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "Anthropic";

    /// <summary>The smallest and fastest of Anthropic's current models (November 2026, https://platform.claude.com/docs/en/about-claude/models/overview). It can answer without thinking first.</summary>
    public const string DefaultModelId = "claude-haiku-5-5";

    private const string DefaultEndpoint = "https://api.anthropic.com";

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => IsAnthropic(options) ? DefaultModelId : null;

    /// <inheritdoc/>
    public bool RequiresApiKey(AssistantOptions options) => IsAnthropic(options);

    /// <inheritdoc/>
    public IEnumerable<string> NotSent(AssistantOptions options) =>
        [nameof(ChatOptions.Temperature), nameof(ChatOptions.TopP), nameof(ChatOptions.TopK), nameof(ChatOptions.Seed), nameof(ChatOptions.FrequencyPenalty), nameof(ChatOptions.PresencePenalty)];

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        var server = ModelServer.Connect(options, ModelProtocol.Anthropic, time, loggers);

        // Everything is set here: otherwise the library would read the process's environment itself.
        var client = new AnthropicClient(new ClientOptions
        {
            HttpClient = server.Http,
            BaseUrl = BaseUrl(options.Endpoint),
            ApiKey = options.ApiKey ?? "none",
            AuthToken = null,
            ExtraHeaders = OwnServerHeaders(options),
            MaxRetries = 0,
            Timeout = options.TotalTimeout + TimeSpan.FromMinutes(1),
        });
        var chat = new AnthropicChatClient(client.AsIChatClient(options.Model, options.MaxOutputTokens), server);

        // The protocol has no field for the speaker.
        return new SpeakerEnvelopeChatClient(chat);
    }

    /// <summary>The library sends a key as a bearer token. Servers that adopted the protocol earlier accept it only as <c>x-api-key</c>.</summary>
    private static Dictionary<string, string>? OwnServerHeaders(AssistantOptions options) =>
        options.ApiKey is null || IsAnthropic(options)
            ? null
            : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["x-api-key"] = options.ApiKey };

    private static bool IsAnthropic(AssistantOptions options) =>
        options.Endpoint is null
        || (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Host == new Uri(DefaultEndpoint).Host);

    /// <summary>The library adds <c>/v1/messages</c>. An address copied from an OpenAI-compatible server already has the <c>/v1</c>.</summary>
    private static string BaseUrl(string? endpoint)
    {
        var url = (endpoint ?? DefaultEndpoint).TrimEnd('/');
        return url.EndsWith("/v1", StringComparison.Ordinal) ? url[..^3] : url;
    }
}
