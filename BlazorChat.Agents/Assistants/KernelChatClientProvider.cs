using BlazorChat.Assistants.Providers.Connectors;
using BlazorChat.Assistants.Providers;
using BlazorChat.Assistants.Providers.Streams;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants;

/// <summary>
/// A Semantic Kernel connector as a provider. Register one as a singleton of <see cref="IChatClientProvider"/> and name it in
/// <c>Assistants:Items:n:Provider</c>.
/// </summary>
/// <param name="name">The provider's name.</param>
/// <param name="add">Adds the chat service for one assistant: an <see cref="IChatClient"/> or a chat completion service.</param>
/// <param name="defaultModel">The model to ask if the assistant names none.</param>
/// <param name="time">The clock that a <c>Retry-After</c> date is compared with; null for the system's.</param>
public sealed class KernelChatClientProvider(
    string name, Action<IKernelBuilder, AssistantOptions> add, string? defaultModel = null, TimeProvider? time = null) : IChatClientProvider
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => defaultModel;

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        // Connectors without a client of their own use the kernel's; OpenAI's only if the client has the connector's address. Their own
        // client would follow a redirect with the key, ignores Retry-After, and passes on responses that cannot be read.
        var server = ModelServer.Connect(options, ModelProtocol.Unknown, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        var http = server.Http;
        if (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme.StartsWith(Uri.UriSchemeHttp, StringComparison.Ordinal))
        {
            http.BaseAddress = endpoint;
        }

        var connector = KernelConnector.ToChatClient(kernel =>
        {
            add(kernel, options);
            // Unless the host registers a client, with its proxy and certificates.
            kernel.Services.TryAddSingleton(http);
        });

        // It is unknown whether the service tells its model who speaks.
        return new SpeakerEnvelopeChatClient(new ConnectorChatClient(connector, server));
    }
}
