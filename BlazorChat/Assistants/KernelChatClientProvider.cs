using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants;

/// <summary>
/// A provider that is a connector of Semantic Kernel: register one as a singleton of <see cref="IChatClientProvider"/> and name it in
/// <c>Assistants:Items:n:Provider</c>.
/// </summary>
/// <param name="name">What assistants call it.</param>
/// <param name="add">Adds the chat service of one assistant: an <see cref="IChatClient"/> or a chat completion service.</param>
/// <param name="defaultModel">The model when the assistant names none.</param>
public sealed class KernelChatClientProvider(string name, Action<IKernelBuilder, AssistantOptions> add, string? defaultModel = null) : IChatClientProvider
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => defaultModel;

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options) =>
        // Whether the service tells its model who speaks is not known.
        new SpeakerEnvelopeChatClient(KernelConnector.ToChatClient(kernel => add(kernel, options)));
}
