namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>What is logged about Ollama's models: no contents.</summary>
internal static partial class OllamaLog
{
    [LoggerMessage(LogLevel.Information, "Ollama model {Model}: context of {ContextLength} tokens, num_ctx {Context}, tools {HasTools}, thinking {Thinks}")]
    public static partial void Found(ILogger logger, string model, long? contextLength, int context, bool? hasTools, bool? thinks);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} cannot call tools: requests are sent without the {Tools} that this assistant has")]
    public static partial void NoTools(ILogger logger, string model, int tools);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} cannot think: requests are sent without the assistant's ReasoningEffort")]
    public static partial void NoThinking(ILogger logger, string model);

    [LoggerMessage(LogLevel.Warning, "Ollama model {Model} has a context of {ContextLength} tokens; this assistant's PromptTokens and MaxOutputTokens (or ContextTokens) ask for {Asked}. The server cuts longer conversations off")]
    public static partial void SmallContext(ILogger logger, string model, long contextLength, int asked);

    [LoggerMessage(LogLevel.Warning, "About {Tokens} tokens are sent to Ollama model {Model} with a num_ctx of {Context}: the server will cut the conversation off. Give the assistant fewer tools, fewer PromptTokens or more ContextTokens")]
    public static partial void TooMuch(ILogger logger, int tokens, string model, int context);
}
