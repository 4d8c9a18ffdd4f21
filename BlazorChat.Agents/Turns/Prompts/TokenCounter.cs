using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>How many tokens something is for one model: counted by its tokenizer where that is here and loaded, otherwise estimated.</summary>
internal sealed class TokenCounter
{
    /// <summary>Estimates, whatever the model.</summary>
    public static readonly TokenCounter Estimate = new(null);

    private readonly ModelTokenizer? _tokenizer;

    private TokenCounter(ModelTokenizer? tokenizer) => _tokenizer = tokenizer;

    /// <summary>Whether it counts rather than estimates.</summary>
    public bool IsExact => _tokenizer is not null;

    /// <summary>The counter for an assistant's model. Its first call for a model whose tokenizer is here begins to load that, and estimates meanwhile.</summary>
    /// <param name="assistant">The assistant; the demo's tokens are always estimated.</param>
    /// <param name="model">The model that is asked instead of the assistant's own, or null.</param>
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

    /// <summary>A text.</summary>
    public int Of(string text) => _tokenizer?.Count(text) ?? TokenEstimate.Of(text);

    /// <summary>A message with all its contents.</summary>
    public int Of(ChatMessage message) => TokenEstimate.PerMessage + message.Contents.Sum(Of);

    /// <summary>One content of a message.</summary>
    public int Of(AIContent content) => content switch
    {
        TextContent text => Of(text.Text),
        TextReasoningContent reasoning => Of(reasoning.Text) + Of(reasoning.ProtectedData ?? ""),
        FunctionCallContent call => TokenEstimate.PerMessage + Of(call.Name) + Of(JsonSerializer.Serialize(call.Arguments, PromptBuilder.Json)),
        FunctionResultContent { Result: string result } => TokenEstimate.PerMessage + Of(result),
        _ => TokenEstimate.PerMessage,
    };

    /// <summary>What a model is told of a tool.</summary>
    public int Of(AITool tool) => TokenEstimate.PerMessage + Of(tool.Name) + Of(tool.Description)
        + (tool is AIFunctionDeclaration { JsonSchema.ValueKind: JsonValueKind.Object } function ? Of(function.JsonSchema.GetRawText()) : 0);
}
