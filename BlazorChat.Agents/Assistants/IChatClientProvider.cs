using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// A kind of model server. Register another one as a singleton of this type and name it in <c>Assistants:Items:n:Provider</c>.
/// </summary>
public interface IChatClientProvider
{
    /// <summary>What an assistant's <see cref="AssistantOptions.Provider"/> says to get this provider; compared without case.</summary>
    string Name { get; }

    /// <summary>The model that is asked when the assistant names none; null when it must name one.</summary>
    /// <param name="options">The assistant.</param>
    string? DefaultModel(AssistantOptions options) => null;

    /// <summary>Whether it has no servers of its own, so that every assistant must name an <see cref="AssistantOptions.Endpoint"/>.</summary>
    bool RequiresEndpoint => false;

    /// <summary>Whether this assistant cannot be asked without an <see cref="AssistantOptions.ApiKey"/>.</summary>
    /// <param name="options">The assistant.</param>
    bool RequiresApiKey(AssistantOptions options) => false;

    /// <summary>
    /// The settings that this provider's protocol or library does not know, so that they are not sent: names of <see cref="ChatOptions"/>. Where
    /// an assistant is configured with one, the log says so at start.
    /// </summary>
    /// <param name="options">The assistant.</param>
    IEnumerable<string> NotSent(AssistantOptions options) => [];

    /// <summary>
    /// Makes the client that answers for one assistant. It is made once and shared by all rooms. It need not retry, time
    /// out or count: the guard around it does. It tells who speaks from <see cref="ChatMessage.AuthorName"/>, by a field
    /// that nobody can write in a message.
    /// </summary>
    /// <param name="options">The assistant; valid and complete. The client must not keep it beyond reading it.</param>
    IChatClient Create(AssistantOptions options);
}
