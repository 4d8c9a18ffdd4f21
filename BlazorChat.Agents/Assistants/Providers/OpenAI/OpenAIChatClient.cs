using System.ClientModel;
using System.ClientModel.Primitives;
using BlazorChat.Assistants.Providers.Connectors;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using OpenAI;

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// Completes the connector of OpenAI's chat completions: repairs what servers would refuse, and reads what it loses of a response
/// (refusals, error events, pieces of calls, unusual ids and ends) from the chunks (<see cref="OpenAIResponseReader"/>). Always streams.
/// </summary>
internal sealed class OpenAIChatClient : DelegatingChatClient
{
    private readonly ModelServer _server;
    private readonly OpenAIPrompt _prompt;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <param name="model">The model to ask if the options name no other.</param>
    /// <param name="endpoint">The server, including <c>/v1</c>.</param>
    /// <param name="apiKey">The key; null for a server that needs none.</param>
    /// <param name="server">The connection; disposed with this.</param>
    public OpenAIChatClient(string model, Uri endpoint, string? apiKey, ModelServer server)
        : this(KernelConnector.ToChatClient(kernel => kernel.AddOpenAIChatClient(model, Client(endpoint, apiKey, server.Http))), server, OpenAIPrompt.LimitOf(endpoint))
    {
    }

    /// <summary>Creates a client from a connector that speaks the same protocol elsewhere.</summary>
    /// <param name="connector">Makes one request and runs no tools: see <see cref="KernelConnector"/>.</param>
    /// <param name="server">The connection; disposed with this.</param>
    /// <param name="limit">The server's name for the token limit of a response.</param>
    internal OpenAIChatClient(IChatClient connector, ModelServer server, TokenLimitField limit)
        : base(connector)
    {
        _server = server;
        _prompt = new OpenAIPrompt(limit);
    }

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAIResponseReader.ReadAsync(base.GetStreamingResponseAsync(OpenAIPrompt.Messages(messages), _prompt.Options(options), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ModelServer) && serviceKey is null ? _server : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _server.Dispose();
    }

    // The library requires a key; servers that need none ignore it. The guard handles timeouts and retries.
    internal static OpenAIClient Client(Uri endpoint, string? apiKey, HttpClient http) => new(new ApiKeyCredential(apiKey ?? "none"), new OpenAIClientOptions
    {
        Endpoint = endpoint,
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        Transport = new HttpClientPipelineTransport(http),
    });
}
