using System.Text;
using System.Text.Json;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using OllamaSharp.Models.Chat;
using OllamaChatRole = OllamaSharp.Models.Chat.ChatRole;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// Converts a conversation to Ollama's form. OllamaSharp would send each tool result inside an object with the id, which the protocol does
/// not know, and without the tool's name, which it requires.
/// </summary>
internal static class OllamaPrompt
{
    /// <param name="messages">The conversation; only read.</param>
    /// <param name="instructions">The instructions; may be empty.</param>
    public static List<Message> Messages(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var result = new List<Message>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!string.IsNullOrWhiteSpace(instructions))
        {
            result.Add(new Message(OllamaChatRole.System, instructions));
        }

        foreach (var message in ToolHistory.Repair(messages, static id => id.Length > 0))
        {
            foreach (var response in message.Contents.OfType<FunctionResultContent>())
            {
                result.Add(new Message(OllamaChatRole.Tool, ToText(response.Result)) { ToolName = names.GetValueOrDefault(response.CallId) });
            }

            var calls = message.Contents.OfType<FunctionCallContent>().ToList();
            foreach (var call in calls)
            {
                names[call.CallId] = call.Name;
            }

            var images = message.Contents.OfType<DataContent>().Where(data => data.HasTopLevelMediaType("image")).Select(image => image.Base64Data.ToString()).ToArray();
            var text = Text(message);
            if (text.Length > 0 || calls.Count > 0 || images.Length > 0)
            {
                result.Add(new Message(new OllamaChatRole(message.Role.Value), text)
                {
                    Images = images.Length > 0 ? images : null,
                    ToolCalls = calls.Count > 0 ? calls.ConvertAll(ToCall) : null,
                });
            }
        }

        return result;
    }

    private static string Text(ChatMessage message) => string.Concat(message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        DataContent data when data.HasTopLevelMediaType("text") => Encoding.UTF8.GetString(data.Data.Span),
        _ => "",
    }));

    private static Message.ToolCall ToCall(FunctionCallContent call) =>
        new() { Function = new Message.Function { Name = call.Name, Arguments = call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal) } };

    /// <summary>Strings as they are, texts joined, anything else as JSON.</summary>
    private static string ToText(object? result) => result switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        TextContent text => text.Text,
        IEnumerable<AIContent> contents when contents.All(content => content is TextContent) => string.Join('\n', contents),
        var other => JsonSerializer.Serialize(other, PromptBuilder.Json),
    };
}
