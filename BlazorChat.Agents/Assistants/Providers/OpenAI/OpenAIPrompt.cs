using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

// Patch is experimental in the library.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>A server's name for the token limit of a response.</summary>
internal enum TokenLimitField
{
    /// <summary><c>max_completion_tokens</c>: OpenAI and Azure, which refuse the other name for newer models.</summary>
    MaxCompletionTokens,

    /// <summary><c>max_tokens</c>: other servers support only this name, or both.</summary>
    MaxTokens,
}

/// <summary>Changes a request before the connector converts it to OpenAI's form.</summary>
internal sealed class OpenAIPrompt(TokenLimitField limit)
{
    // The library's own options indent, which would cost tokens.
    internal static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>The name that the server at an address uses.</summary>
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

    /// <summary>Converts each tool result of a message to one text.</summary>
    internal static ChatMessage ResultsAsText(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(content => content is FunctionResultContent { Result: not string } result
            ? new FunctionResultContent(result.CallId, ToText(result.Result)) : content)];
        return copy;
    }

    /// <summary>Converts a text file to its text, because the connectors leave it out.</summary>
    internal static AIContent FileAsText(AIContent content) =>
        content is DataContent data && data.HasTopLevelMediaType("text") ? new TextContent(Encoding.UTF8.GetString(data.Data.Span)) : content;

    private static ChatMessage Fit(ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            return ResultsAsText(message);
        }

        // A name without any letter would be sent as underscores, and a text file not at all.
        var result = message.Clone();
        result.AuthorName = OpenAINames.Sanitize(message.AuthorName);
        result.Contents = [.. message.Contents.Select(FileAsText)];
        result.RawRepresentation = WithCalls(result);
        return result;
    }

    /// <summary>Converts calls to the library's form, because the connector would indent their arguments.</summary>
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

        var reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
        if (reasoning.Length > 0)
        {
            // Taken out again for all servers but those that ask for it (RequestForm).
            result.Patch.Set("$.reasoning_content"u8, reasoning);
        }

        return result;
    }

    /// <summary>Strings as they are, texts joined, anything else as JSON.</summary>
    private static string ToText(object? result) => result switch
    {
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> contents when contents.All(content => content is TextContent) => string.Join('\n', contents),
        var other => JsonSerializer.Serialize(other, Compact),
    };
}
