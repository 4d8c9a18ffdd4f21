namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>Log messages about Ollama's models: no contents.</summary>
internal static partial class OllamaLog
{
    [LoggerMessage(LogLevel.Information, "Ollama model {Model}: context of {ContextLength} tokens, num_ctx {Context}, tools {HasTools}, thinking {Thinks}")]
    public static partial void Found(ILogger logger, string model, long? contextLength, int context, bool? hasTools, bool? thinks);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} cannot call tools: requests are sent without this assistant's tools ({Tools})")]
    public static partial void NoTools(ILogger logger, string model, int tools);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} cannot think: requests are sent without the assistant's ReasoningEffort")]
    public static partial void NoThinking(ILogger logger, string model);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} has a context of {ContextLength} tokens; this assistant's PromptTokens and MaxOutputTokens (or ContextTokens) ask for {Asked}. The server cuts off longer conversations")]
    public static partial void SmallContext(ILogger logger, string model, long contextLength, int asked);

    [LoggerMessage(LogLevel.Warning, "Sending about {Tokens} tokens to Ollama model {Model}, whose num_ctx is {Context}: the server will cut off the conversation. Give the assistant fewer tools, fewer PromptTokens or more ContextTokens")]
    public static partial void TooMuch(ILogger logger, int tokens, string model, int context);
}
