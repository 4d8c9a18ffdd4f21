using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;

namespace BlazorChat.Assistants;

/// <summary>
/// OpenAI's chat completions over the official library, as an <see cref="IChatClient"/>. Always streams; never retries or times
/// out (the guard around it does); reports HTTP errors and error events as <see cref="ChatFailureException"/>.
/// </summary>
public sealed class OpenAIChatClient : IChatClient
{
    private readonly HttpClient _http;
    private readonly OpenAI.Chat.ChatClient _client;
    private readonly ChatClientMetadata _metadata;
    private readonly OpenAIRequests _requests;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <param name="model">The model that is asked when the options name no other.</param>
    /// <param name="endpoint">The server, including <c>/v1</c>.</param>
    /// <param name="apiKey">The key; null for a server that needs none.</param>
    /// <param name="time">The clock that a <c>Retry-After</c> date is compared to.</param>
    public OpenAIChatClient(string model, Uri endpoint, string? apiKey, TimeProvider time)
    {
        _http = ProviderHttpHandler.CreateClient(time);
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(_http),
        };

        // The library insists on a key; servers that need none ignore it.
        _client = new OpenAI.Chat.ChatClient(model, new ApiKeyCredential(apiKey ?? "none"), options);
        _metadata = new ChatClientMetadata("openai", endpoint, model);
        _requests = new OpenAIRequests(model, endpoint);
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeReply.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reply = new OpenAIReply();
        var stream = _client.CompleteChatStreamingAsync(
            OpenAIMessages.From(messages, options?.Instructions), _requests.From(options, this), cancellationToken);
        var chunks = stream.GetAsyncEnumerator(cancellationToken);
        await using (chunks.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await chunks.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (ArgumentOutOfRangeException exception)
                {
                    // The library does not know the finish reason, and cannot go on after it.
                    reply.EndWithUnknownReason(exception);
                    break;
                }
                catch (Exception exception) when (reply.IsFinished && exception is IOException or HttpRequestException)
                {
                    // All of the answer had come; the tool calls are still to be told.
                    break;
                }

                yield return reply.Read(chunks.Current);
            }
        }

        if (reply.End() is { } last)
        {
            yield return last;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(_client) ? _client
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
