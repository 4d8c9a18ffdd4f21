using BlazorChat.Assistants.Providers.Connectors;
using BlazorChat.Assistants.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants;

/// <summary>
/// A provider that is a connector of Semantic Kernel: register one as a singleton of <see cref="IChatClientProvider"/> and name it in
/// <c>Assistants:Items:n:Provider</c>.
/// </summary>
/// <param name="name">What assistants call it.</param>
/// <param name="add">Adds the chat service of one assistant: an <see cref="IChatClient"/> or a chat completion service.</param>
/// <param name="defaultModel">The model when the assistant names none.</param>
/// <param name="time">The clock that a <c>Retry-After</c> date is compared to; null for the system's.</param>
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
        // Connectors that are given no client of their own take the kernel's, OpenAI's only where it has the address that they are
        // given: theirs would follow a redirect with the key, knows no Retry-After, and lets through what nobody can read.
        var http = ProviderHttpHandler.CreateClient(time ?? TimeProvider.System, takesJson: true);
        if (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme.StartsWith(Uri.UriSchemeHttp, StringComparison.Ordinal))
        {
            http.BaseAddress = endpoint;
        }

        var connector = KernelConnector.ToChatClient(kernel =>
        {
            add(kernel, options);
            // Unless the host brings one, with its proxy and certificates.
            kernel.Services.TryAddSingleton(http);
        });

        // Whether the service tells its model who speaks is not known.
        return new SpeakerEnvelopeChatClient(new ConnectorChatClient(connector, http));
    }
}
