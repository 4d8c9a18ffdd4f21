using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;

// Patch, seed and reasoning effort may still change in the library.
#pragma warning disable SCME0001, OPENAI001

namespace BlazorChat.Assistants;

/// <summary>Options as OpenAI's chat completions take them.</summary>
/// <param name="model">The model that the client asks by itself.</param>
/// <param name="endpoint">The server.</param>
internal sealed class OpenAIRequests(string model, Uri endpoint)
{
    // OpenAI and Azure refuse max_tokens for newer models; other servers know nothing else, or know both.
    private readonly bool _knowsMaxCompletionTokens =
        endpoint.Host == OpenAIChatClientProvider.DefaultEndpoint.Host || endpoint.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase);

    /// <param name="options">They are only read.</param>
    /// <param name="client">What <see cref="ChatOptions.RawRepresentationFactory"/> is called with.</param>
    public ChatCompletionOptions From(ChatOptions? options, IChatClient client)
    {
        if (options is null)
        {
            return new ChatCompletionOptions();
        }

        var result = options.RawRepresentationFactory?.Invoke(client) as ChatCompletionOptions ?? new ChatCompletionOptions();
        result.Temperature ??= options.Temperature;
        result.TopP ??= options.TopP;
        result.FrequencyPenalty ??= options.FrequencyPenalty;
        result.PresencePenalty ??= options.PresencePenalty;
        result.Seed ??= options.Seed;
        result.ReasoningEffortLevel ??= ToEffort(options.Reasoning?.Effort);
        result.ResponseFormat ??= ToFormat(options.ResponseFormat);
        SetLimit(result, options.MaxOutputTokens);
        if (options.ModelId is { } asked && asked != model)
        {
            result.Patch.Set("$.model"u8, asked);
        }

        foreach (var stop in options.StopSequences ?? [])
        {
            result.StopSequences.Add(stop);
        }

        foreach (var tool in (options.Tools ?? []).OfType<AIFunctionDeclaration>())
        {
            result.Tools.Add(ToTool(tool));
        }

        if (result.Tools.Count > 0)
        {
            // Both are errors without tools.
            result.ToolChoice ??= ToChoice(options.ToolMode);
            result.AllowParallelToolCalls ??= options.AllowMultipleToolCalls;
        }

        return result;
    }

    private void SetLimit(ChatCompletionOptions result, int? maxOutputTokens)
    {
        if (maxOutputTokens is not { } tokens)
        {
            return;
        }

        if (_knowsMaxCompletionTokens)
        {
            result.MaxOutputTokenCount ??= tokens;
        }
        else
        {
            result.Patch.Set("$.max_tokens"u8, tokens);
        }
    }

    private static ChatTool ToTool(AIFunctionDeclaration tool)
    {
        bool? strict = tool.AdditionalProperties.TryGetValue("strict", out var value) ? value as bool? : null;
        return ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(ToSchema(tool.JsonSchema)), strict);
    }

    /// <summary>An object with properties: OpenAI refuses what a tool without parameters may have as its schema.</summary>
    private static string ToSchema(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out _) && schema.TryGetProperty("properties", out _))
        {
            return schema.GetRawText();
        }

        var whole = schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];
        whole.TryAdd("type", "object");
        whole.TryAdd("properties", new JsonObject());
        return whole.ToJsonString();
    }

    private static ChatToolChoice? ToChoice(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
        AutoChatToolMode => ChatToolChoice.CreateAutoChoice(),
        RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
        RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
        _ => null,
    };

    private static OpenAI.Chat.ChatResponseFormat? ToFormat(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatText => OpenAI.Chat.ChatResponseFormat.CreateTextFormat(),
        ChatResponseFormatJson { Schema: { ValueKind: JsonValueKind.Object } schema } json => OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
            json.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()), json.SchemaDescription),
        ChatResponseFormatJson => OpenAI.Chat.ChatResponseFormat.CreateJsonObjectFormat(),
        _ => null,
    };

    private static ChatReasoningEffortLevel? ToEffort(ReasoningEffort? effort) => effort switch
    {
        ReasoningEffort.None => ChatReasoningEffortLevel.None,
        ReasoningEffort.Low => ChatReasoningEffortLevel.Low,
        ReasoningEffort.Medium => ChatReasoningEffortLevel.Medium,
        ReasoningEffort.High => ChatReasoningEffortLevel.High,
        ReasoningEffort.ExtraHigh => ChatReasoningEffortLevel.ExtraHigh,

        // A plain null would be converted from a string, which throws.
        _ => (ChatReasoningEffortLevel?)null,
    };
}
