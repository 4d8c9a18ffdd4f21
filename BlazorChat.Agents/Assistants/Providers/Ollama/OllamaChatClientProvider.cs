using System.Net.Http.Headers;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// Ollama by its own protocol, over OllamaSharp's <see cref="IChatClient"/>: unlike its OpenAI-compatible one this can set the size of
/// the context, and says what a model can do.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where it says what a model cannot do.</param>
internal sealed class OllamaChatClientProvider(TimeProvider time, ILoggerFactory loggers) : IChatClientProvider
{
    /// <summary>The name that assistants are configured with.</summary>
    public const string ProviderName = "Ollama";

    /// <summary>Where Ollama listens when nobody says otherwise.</summary>
    public const string DefaultEndpoint = "http://localhost:11434";

    private const int DefaultPort = 11434;

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public IEnumerable<string> NotSent(AssistantOptions options) => [nameof(ChatOptions.AllowMultipleToolCalls)];

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        var http = ProviderHttpHandler.CreateClient(time, takesJson: true);
        http.BaseAddress = BaseAddress(options.Endpoint);
        if (options.ApiKey is { } key)
        {
            // Ollama itself asks for none; its cloud does, and so may what stands in front of it.
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        var client = new OllamaChatClient(
            new OllamaServer(http, options.Model!), http, options.Model!,
            options.ContextTokens ?? (int)Math.Min(int.MaxValue, (long)options.PromptTokens + options.MaxOutputTokens),
            time, loggers.CreateLogger<OllamaChatClient>());

        // The protocol has no field for who speaks.
        return new SpeakerEnvelopeChatClient(client);
    }

    /// <summary>The address that a value of Ollama's own variable <c>OLLAMA_HOST</c> means: it may be a host, a port, both, or an address.</summary>
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
            // The validator says what is wrong with it.
            return host;
        }

        // Where a server listens on every address, it is asked on this one.
        var name = uri.Host is "0.0.0.0" or "[::]" ? "localhost" : uri.Host;
        return new UriBuilder(uri) { Host = name, Port = uri.IsDefaultPort && !host.EndsWith(":80", StringComparison.Ordinal) ? DefaultPort : uri.Port }.Uri.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The library adds <c>api/chat</c>; people who copy an address may have <c>/api</c>, or the <c>/v1</c> of the other protocol.</summary>
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
