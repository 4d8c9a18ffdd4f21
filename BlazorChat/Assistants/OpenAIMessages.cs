using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

// File parts may still change in the library.
#pragma warning disable OPENAI001

namespace BlazorChat.Assistants;

/// <summary>A conversation as OpenAI's chat completions take it.</summary>
internal static class OpenAIMessages
{
    // The library's own options write with indentation, which a model would be billed for.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <param name="messages">The conversation; it is only read. Contents of a kind that the protocol has no place for are left out, reasoning among them.</param>
    /// <param name="instructions">Becomes the first message.</param>
    public static List<OpenAI.Chat.ChatMessage> From(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var result = new List<OpenAI.Chat.ChatMessage>();
        if (!string.IsNullOrWhiteSpace(instructions))
        {
            result.Add(new SystemChatMessage(instructions));
        }

        foreach (var message in ToolHistory.Repair(messages, static id => id.Length > 0))
        {
            if (message.Role == ChatRole.System)
            {
                result.Add(new SystemChatMessage(message.Text));
            }
            else if (message.Role == ChatRole.Assistant)
            {
                result.Add(FromAssistant(message));
            }
            else if (message.Role == ChatRole.Tool)
            {
                // The protocol has one message for each result.
                result.AddRange(message.Contents.OfType<FunctionResultContent>().Select(call => new ToolChatMessage(call.CallId, ToText(call))));
            }
            else
            {
                result.Add(FromUser(message));
            }
        }

        return result;
    }

    private static UserChatMessage FromUser(ChatMessage message)
    {
        var parts = message.Contents.Select(ToPart).OfType<ChatMessageContentPart>().ToList();
        if (parts.Count == 0)
        {
            parts.Add(ChatMessageContentPart.CreateTextPart(""));
        }

        var result = new UserChatMessage(parts);
        if (OpenAINames.Sanitise(message.AuthorName) is { } name)
        {
            result.ParticipantName = name;
        }

        return result;
    }

    private static AssistantChatMessage FromAssistant(ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().Select(ToCall).ToList();
        var text = message.Text;
        var result = text.Length == 0 && calls.Count > 0
            ? new AssistantChatMessage(calls)
            : new AssistantChatMessage(ChatMessageContentPart.CreateTextPart(text));
        if (text.Length > 0)
        {
            foreach (var call in calls)
            {
                result.ToolCalls.Add(call);
            }
        }

        if (message.Contents.OfType<ErrorContent>().FirstOrDefault(error => error.ErrorCode == ChatFailures.RefusalCode) is { } refusal)
        {
            result.Refusal = refusal.Message;
        }

        if (OpenAINames.Sanitise(message.AuthorName) is { } name)
        {
            result.ParticipantName = name;
        }

        return result;
    }

    private static ChatToolCall ToCall(FunctionCallContent call) =>
        ChatToolCall.CreateFunctionToolCall(
            call.CallId,
            call.Name,
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), Compact)));

    private static ChatMessageContentPart? ToPart(AIContent content) => content switch
    {
        TextContent text => ChatMessageContentPart.CreateTextPart(text.Text),
        UriContent image when image.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(image.Uri),
        DataContent image when image.HasTopLevelMediaType("image") => ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(image.Data), image.MediaType),
        DataContent text when text.HasTopLevelMediaType("text") => ChatMessageContentPart.CreateTextPart(Encoding.UTF8.GetString(text.Data.Span)),
        DataContent file => ChatMessageContentPart.CreateFilePart(BinaryData.FromBytes(file.Data), file.MediaType, file.Name ?? "file"),
        HostedFileContent file => ChatMessageContentPart.CreateFilePart(file.FileId),
        _ => null,
    };

    /// <summary>A string as it is, texts joined, anything else as JSON.</summary>
    private static string ToText(FunctionResultContent call) => call.Result switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> contents when contents.All(content => content is TextContent) => string.Join('\n', contents),
        var other => JsonSerializer.Serialize(other, Compact),
    };
}
