using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// A kind of model server. Register your own as a singleton of this type and name it in <c>Assistants:Items:n:Provider</c>.
/// </summary>
public interface IChatClientProvider
{
    /// <summary>The name for an assistant's <see cref="AssistantOptions.Provider"/>; case is ignored.</summary>
    string Name { get; }

    /// <summary>The model to ask if the assistant names none; null if it must name one.</summary>
    /// <param name="options">The assistant.</param>
    string? DefaultModel(AssistantOptions options) => null;

    /// <summary>Whether every assistant must name an <see cref="AssistantOptions.Endpoint"/>, because there are no default servers.</summary>
    bool RequiresEndpoint => false;

    /// <summary>Whether this assistant requires an <see cref="AssistantOptions.ApiKey"/>.</summary>
    /// <param name="options">The assistant.</param>
    bool RequiresApiKey(AssistantOptions options) => false;

    /// <summary>
    /// The names of <see cref="ChatOptions"/> settings that this provider does not send, because its protocol or library does not know
    /// them. If an assistant is configured with one, a warning is logged at startup.
    /// </summary>
    /// <param name="options">The assistant.</param>
    IEnumerable<string> NotSent(AssistantOptions options) => [];

    /// <summary>
    /// Creates the client for one assistant, once; all rooms share it. It need not retry, time out or count: the guard around it does. It
    /// takes the speaker from <see cref="ChatMessage.AuthorName"/> and sends it in a field that message text cannot forge.
    /// </summary>
    /// <param name="options">The assistant's complete, valid options. Read them here; do not keep the object.</param>
    IChatClient Create(AssistantOptions options);
}
