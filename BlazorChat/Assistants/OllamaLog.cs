namespace BlazorChat.Assistants;

/// <summary>What is logged about Ollama's models: no contents.</summary>
internal static partial class OllamaLog
{
    [LoggerMessage(EventId = 20, Level = LogLevel.Information, Message = "Ollama model {Model}: context of {ContextLength} tokens, num_ctx {Context}, tools {HasTools}, thinking {Thinks}")]
    public static partial void Found(ILogger logger, string model, long? contextLength, int context, bool? hasTools, bool? thinks);

    [LoggerMessage(EventId = 21, Level = LogLevel.Warning, Message = "Ollama model {Model} cannot call tools: requests are sent without the {Tools} that this assistant has")]
    public static partial void NoTools(ILogger logger, string model, int tools);

    [LoggerMessage(EventId = 22, Level = LogLevel.Warning, Message = "Ollama model {Model} cannot think: requests are sent without the assistant's ReasoningEffort")]
    public static partial void NoThinking(ILogger logger, string model);

    [LoggerMessage(EventId = 23, Level = LogLevel.Warning, Message = "Ollama model {Model} has a context of {ContextLength} tokens; this assistant's PromptTokens and MaxOutputTokens (or ContextTokens) ask for {Asked}. The server cuts longer conversations off")]
    public static partial void SmallContext(ILogger logger, string model, long contextLength, int asked);

    [LoggerMessage(EventId = 24, Level = LogLevel.Warning, Message = "About {Tokens} tokens are sent to Ollama model {Model} with a num_ctx of {Context}: the server will cut the conversation off. Give the assistant fewer tools, fewer PromptTokens or more ContextTokens")]
    public static partial void TooMuch(ILogger logger, int tokens, string model, int context);
}
