using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

// Patch may still change in the library.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>What a server calls the most tokens of a response.</summary>
internal enum TokenLimitField
{
    /// <summary><c>max_completion_tokens</c>: OpenAI and Azure, which refuse the other for newer models.</summary>
    MaxCompletionTokens,

    /// <summary><c>max_tokens</c>: other servers know nothing else, or know both.</summary>
    MaxTokens,
}

/// <summary>What is changed of a request before the connector puts it into OpenAI's form.</summary>
internal sealed class OpenAIPrompt(TokenLimitField limit)
{
    // The library's own options write with indentation, which a model would be billed for.
    internal static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>What the server at an address calls it.</summary>
    public static TokenLimitField LimitOf(Uri endpoint) =>
        endpoint.Host == OpenAIChatClientProvider.DefaultEndpoint.Host || endpoint.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase)
            ? TokenLimitField.MaxCompletionTokens
            : TokenLimitField.MaxTokens;

    public static List<ChatMessage> Messages(IEnumerable<ChatMessage> messages) =>
        ToolHistory.Repair(messages, static id => id.Length > 0).ConvertAll(Fit);

    public ChatOptions? Options(ChatOptions? options)
    {
        if (limit == TokenLimitField.MaxCompletionTokens || options is not { MaxOutputTokens: { } tokens })
        {
            return options;
        }

        var copy = options.Clone();
        copy.MaxOutputTokens = null;
        copy.RawRepresentationFactory = client =>
        {
            var raw = options.RawRepresentationFactory?.Invoke(client) as ChatCompletionOptions ?? new ChatCompletionOptions();
            raw.Patch.Set("$.max_tokens"u8, tokens);
            return raw;
        };
        return copy;
    }

    /// <summary>A message with results of tools, each of them one text.</summary>
    internal static ChatMessage ResultsAsText(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(content => content is FunctionResultContent { Result: not string } result
            ? new FunctionResultContent(result.CallId, ToText(result.Result)) : content)];
        return copy;
    }

    /// <summary>A file of text as its text: the connectors leave it out.</summary>
    internal static AIContent FileAsText(AIContent content) =>
        content is DataContent data && data.HasTopLevelMediaType("text") ? new TextContent(Encoding.UTF8.GetString(data.Data.Span)) : content;

    private static ChatMessage Fit(ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            return ResultsAsText(message);
        }

        // A name without any letter would be sent as underscores, and a file of text not at all.
        var result = message.Clone();
        result.AuthorName = OpenAINames.Sanitise(message.AuthorName);
        result.Contents = [.. message.Contents.Select(FileAsText)];
        result.RawRepresentation = WithCalls(result);
        return result;
    }

    /// <summary>A message with calls in the library's form, since the connector would write their arguments with indentation.</summary>
    private static AssistantChatMessage? WithCalls(ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        if (calls.Count == 0)
        {
            return null;
        }

        var result = new AssistantChatMessage(calls.ConvertAll(call => ChatToolCall.CreateFunctionToolCall(
            call.CallId, call.Name, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(call.Arguments, Compact)))));
        if (message.Text.Length > 0)
        {
            result.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        }

        if (message.AuthorName is { } name)
        {
            result.ParticipantName = name;
        }

        return result;
    }

    /// <summary>A string as it is, texts joined, anything else as JSON.</summary>
    private static string ToText(object? result) => result switch
    {
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> contents when contents.All(content => content is TextContent) => string.Join('\n', contents),
        var other => JsonSerializer.Serialize(other, Compact),
    };
}
