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
    private readonly HttpClient _http;
    private readonly OpenAIPrompt _prompt;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <param name="model">The model to ask if the options name no other.</param>
    /// <param name="endpoint">The server, including <c>/v1</c>.</param>
    /// <param name="apiKey">The key; null for a server that needs none.</param>
    /// <param name="time">The clock that a <c>Retry-After</c> date is compared with.</param>
    public OpenAIChatClient(string model, Uri endpoint, string? apiKey, TimeProvider time)
        : this(model, endpoint, apiKey, ProviderHttpHandler.CreateClient(time))
    {
    }

    /// <summary>Creates a client from a connector that speaks the same protocol elsewhere.</summary>
    /// <param name="connector">Makes one request and runs no tools: see <see cref="KernelConnector"/>.</param>
    /// <param name="http">Its HTTP client; disposed with this.</param>
    /// <param name="limit">The server's name for the token limit of a response.</param>
    internal OpenAIChatClient(IChatClient connector, HttpClient http, TokenLimitField limit)
        : base(connector)
    {
        _http = http;
        _prompt = new OpenAIPrompt(limit);
    }

    private OpenAIChatClient(string model, Uri endpoint, string? apiKey, HttpClient http)
        : this(KernelConnector.ToChatClient(kernel => kernel.AddOpenAIChatClient(model, Client(endpoint, apiKey, http))), http, OpenAIPrompt.LimitOf(endpoint))
    {
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
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _http.Dispose();
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
