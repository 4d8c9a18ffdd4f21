using System.ClientModel;
using System.ClientModel.Primitives;
using BlazorChat.Assistants.Providers.Connectors;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using OpenAI;

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// What the connector of OpenAI's chat completions leaves to do: what servers would refuse is repaired, and what it loses of an
/// answer (refusals, error events, pieces of calls, odd ids and ends) is read from the chunks (<see cref="OpenAIResponseReader"/>). Always streams.
/// </summary>
internal sealed class OpenAIChatClient : DelegatingChatClient
{
    private readonly HttpClient _http;
    private readonly OpenAIPrompt _prompt;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <param name="model">The model that is asked when the options name no other.</param>
    /// <param name="endpoint">The server, including <c>/v1</c>.</param>
    /// <param name="apiKey">The key; null for a server that needs none.</param>
    /// <param name="time">The clock that a <c>Retry-After</c> date is compared to.</param>
    public OpenAIChatClient(string model, Uri endpoint, string? apiKey, TimeProvider time)
        : this(model, endpoint, apiKey, ProviderHttpHandler.CreateClient(time))
    {
    }

    /// <summary>Makes one of a connector that speaks the same protocol elsewhere.</summary>
    /// <param name="connector">Makes one request and runs nothing: see <see cref="KernelConnector"/>.</param>
    /// <param name="http">What it sends with; disposed with this.</param>
    /// <param name="limit">What the server calls the most tokens of a response.</param>
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

    // The library insists on a key; servers that need none ignore it. The guard has the clocks and repeats.
    internal static OpenAIClient Client(Uri endpoint, string? apiKey, HttpClient http) => new(new ApiKeyCredential(apiKey ?? "none"), new OpenAIClientOptions
    {
        Endpoint = endpoint,
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        Transport = new HttpClientPipelineTransport(http),
    });
}
