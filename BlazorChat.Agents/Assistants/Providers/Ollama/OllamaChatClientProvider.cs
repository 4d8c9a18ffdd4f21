using System.Net.Http.Headers;
using BlazorChat.Assistants.Providers.Requests;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// Ollama's own protocol, through OllamaSharp's <see cref="IChatClient"/>. Unlike the OpenAI-compatible protocol, it can set the size of
/// the context and says what a model can do.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Creates the logger for what a model cannot do.</param>
internal sealed class OllamaChatClientProvider(TimeProvider time, ILoggerFactory loggers) : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "Ollama";

    /// <summary>Ollama's default address.</summary>
    public const string DefaultEndpoint = "http://localhost:11434";

    private const int DefaultPort = 11434;

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public IEnumerable<string> NotSent(AssistantOptions options) => [nameof(ChatOptions.AllowMultipleToolCalls)];

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        var connection = ModelServer.Connect(options, protocol: null, time, loggers);
        var http = connection.Http;
        http.BaseAddress = BaseAddress(options.Endpoint);
        if (options.ApiKey is { } key)
        {
            // Ollama itself needs no key, but its cloud and proxies in front of it may.
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var logger = loggers.CreateLogger<ModelServer>();
        var client = new OllamaChatClient(
            new OllamaServer(http, options.Model!, count => RequestLog.Unreadable(logger, options.Id, count)), connection, options.Model!,
            options.ContextTokens ?? (int)Math.Min(int.MaxValue, (long)options.PromptTokens + options.MaxOutputTokens),
            time, loggers.CreateLogger<OllamaChatClient>());

        // The protocol has no field for the speaker.
        return new SpeakerEnvelopeChatClient(client);
    }

    /// <summary>The address for a value of Ollama's variable <c>OLLAMA_HOST</c>, which may be a host, a port, both, or an address.</summary>
    /// <param name="host">The value, not empty.</param>
    internal static string FromHost(string host)
    {
        if (host.Contains("://", StringComparison.Ordinal))
        {
            return host;
        }

        var address = $"http://{(host.StartsWith(':') ? "localhost" : "")}{host}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            // The validator reports the error.
            return host;
        }

        // A server that listens on every address is reached at this one.
        var name = uri.Host is "0.0.0.0" or "[::]" ? "localhost" : uri.Host;
        return new UriBuilder(uri) { Host = name, Port = uri.IsDefaultPort && !host.EndsWith(":80", StringComparison.Ordinal) ? DefaultPort : uri.Port }.Uri.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The library adds <c>api/chat</c>. A copied address may already end with <c>/api</c>, or with the <c>/v1</c> of the other protocol.</summary>
    private static Uri BaseAddress(string? endpoint)
    {
        var url = (endpoint ?? DefaultEndpoint).TrimEnd('/');
        foreach (var end in (string[])["/v1", "/api"])
        {
            url = url.EndsWith(end, StringComparison.Ordinal) ? url[..^end.Length] : url;
        }

        return new Uri(url + "/");
    }
}
