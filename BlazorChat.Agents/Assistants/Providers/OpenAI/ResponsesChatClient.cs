using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Providers.Connectors;
using Microsoft.Extensions.AI;

// The library's Responses client is experimental.
#pragma warning disable OPENAI001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// OpenAI's Responses protocol through the library's client, composed by a kernel like every connector. It repairs what the service would
/// refuse (<see cref="ResponsesPrompt"/>), and reads what the client loses of a response, above all its end, from the events
/// (<see cref="ResponsesProtocolReader"/>). Every request sends the whole conversation; the service keeps none unless told to. Always
/// streams.
/// </summary>
internal sealed class ResponsesChatClient : DelegatingChatClient
{
    private readonly ModelServer _server;
    private readonly ResponsesPrompt _prompt;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <param name="model">The model to ask if the options name no other.</param>
    /// <param name="endpoint">The server, including <c>/v1</c>.</param>
    /// <param name="apiKey">The key; null for a server that needs none.</param>
    /// <param name="store">Whether the service may keep prompts and responses.</param>
    /// <param name="server">The connection; disposed with this.</param>
    public ResponsesChatClient(string model, Uri endpoint, string? apiKey, bool store, ModelServer server)
        : base(KernelConnector.ToChatClient(kernel =>
            kernel.Services.AddSingleton(OpenAIChatClient.Client(endpoint, apiKey, server.Http).GetResponsesClient().AsIChatClient(model))))
    {
        _server = server;
        _prompt = new ResponsesPrompt(store);
    }

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = ResponsesPrompt.Messages(messages);
        for (var again = true; again;)
        {
            again = false;
            var response = new ResponsesProtocolReader();
            var asks = _prompt.Next();
            var updates = base.GetStreamingResponseAsync(prompt, _prompt.Options(options, asks), cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (updates.ConfigureAwait(false))
            {
                while (true)
                {
                    try
                    {
                        if (!await updates.MoveNextAsync().ConfigureAwait(false))
                        {
                            break;
                        }
                    }
                    catch (ChatFailureException failure) when (_prompt.LearnFrom(failure, asks))
                    {
                        // Nothing has been answered yet: the service refused something that is requested from every model but not supported
                        // by all.
                        again = true;
                        break;
                    }

                    if (response.Read(updates.Current) is { } update)
                    {
                        yield return update;
                    }

                    if (response.Failure is { } failed)
                    {
                        throw failed;
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ModelServer) && serviceKey is null ? _server : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _server.Dispose();
        }
    }
}
