namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>The protocol of a model's server, as far as its streams are read event by event.</summary>
internal enum ModelProtocol
{
    /// <summary>A connector's, which its first event shows.</summary>
    Unknown,

    /// <summary>OpenAI's chat completions, which most other servers speak too.</summary>
    Chat,

    /// <summary>OpenAI's Responses.</summary>
    Responses,

    /// <summary>Anthropic's messages.</summary>
    Anthropic,

    /// <summary>Ollama's lines of JSON.</summary>
    Ollama,
}
