using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>Counts tokens for one model, with its tokenizer if that is here and loaded, otherwise by estimate.</summary>
internal sealed class TokenCounter
{
    /// <summary>Estimates, for any model.</summary>
    public static readonly TokenCounter Estimate = new(null);

    private readonly ModelTokenizer? _tokenizer;

    private TokenCounter(ModelTokenizer? tokenizer) => _tokenizer = tokenizer;

    /// <summary>Whether it counts rather than estimates.</summary>
    public bool IsExact => _tokenizer is not null;

    /// <summary>The counter for an assistant's model. The first call for a model with a tokenizer starts to load it; until it is loaded, tokens are estimated.</summary>
    /// <param name="assistant">The assistant; tokens of the demo are always estimated.</param>
    /// <param name="model">The model to ask instead of the assistant's own, or null.</param>
    public static TokenCounter For(Assistant assistant, string? model = null)
    {
        if (assistant.IsDemo || ModelTokenizer.Of(model ?? assistant.Model) is not { } tokenizer)
        {
            return Estimate;
        }

        if (!tokenizer.IsLoaded)
        {
            _ = tokenizer.LoadAsync();
            return Estimate;
        }

        return new TokenCounter(tokenizer);
    }

    /// <summary>The tokens of a text.</summary>
    public int Of(string text) => _tokenizer?.Count(text) ?? TokenEstimate.Of(text);

    /// <summary>The tokens of a message with all its contents.</summary>
    public int Of(ChatMessage message) => TokenEstimate.PerMessage + message.Contents.Sum(Of);

    /// <summary>The tokens of one content of a message.</summary>
    public int Of(AIContent content) => content switch
    {
        TextContent text => Of(text.Text),
        // Without a seal, it is for the few servers that ask for it.
        TextReasoningContent { ProtectedData: null } => 0,
        TextReasoningContent reasoning => Of(reasoning.Text) + Of(reasoning.ProtectedData ?? ""),
        FunctionCallContent call => TokenEstimate.PerMessage + Of(call.Name) + Of(JsonSerializer.Serialize(call.Arguments, PromptBuilder.Json)),
        FunctionResultContent { Result: string result } => TokenEstimate.PerMessage + Of(result),
        _ => TokenEstimate.PerMessage,
    };

    /// <summary>The tokens of a tool's declaration.</summary>
    public int Of(AITool tool) => TokenEstimate.PerMessage + Of(tool.Name) + Of(tool.Description)
        + (tool is AIFunctionDeclaration { JsonSchema.ValueKind: JsonValueKind.Object } function ? Of(function.JsonSchema.GetRawText()) : 0);
}
