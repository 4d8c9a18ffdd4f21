namespace BlazorChat.Assistants;

/// <summary>Somebody who answers in rooms and is not a person: what the rest of the application may know of a configured assistant. Holds no secrets.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens; unique and stable.</param>
/// <param name="Name">The name that people see, 1 to 40 characters; unique, whatever the case.</param>
/// <param name="Avatar">One letter or emoji.</param>
/// <param name="Instructions">What the model is told before everything else; empty for none. Whoever builds the prompt sends it: the chat client does not add it.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Provider">The provider's name: <c>Demo</c>, <c>OpenAI</c>, <c>Anthropic</c> or one that was added.</param>
public sealed record Assistant(string Id, string Name, string Avatar, string Instructions, string Model, string Provider)
{
    /// <summary>The most tokens of one answer. The chat client sends it where the caller's options say nothing else.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>How many tokens of the room go into one prompt, estimated.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The most characters of one answer; past it the answer fails.</summary>
    public required int MaxReplyCharacters { get; init; }

    /// <summary>Whether this is the built-in demo assistant, which is no language model and must be labelled so.</summary>
    public bool IsDemo => string.Equals(Provider, DemoChatClientProvider.ProviderName, StringComparison.OrdinalIgnoreCase);
}
