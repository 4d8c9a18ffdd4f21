using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Anthropic;

/// <summary>Changes what the service would refuse in a conversation and its options, before Anthropic's library sends them.</summary>
internal static class AnthropicPrompt
{
    /// <summary>Marks the data of a thinking block that the provider has encrypted completely. No signature contains a colon.</summary>
    public const string RedactedPrefix = "redacted_thinking:";

    // The schema of a tool that was called earlier but is no longer offered.
    private static readonly JsonElement AnyObject = JsonSerializer.SerializeToElement(new { type = "object" });

    /// <param name="messages">The conversation; only read.</param>
    public static List<ChatMessage> Messages(IEnumerable<ChatMessage> messages) =>
        ToolHistory.Repair(messages, IdFits).ConvertAll(message => message.Contents.Any(content => content is TextReasoningContent) ? WithThinking(message) : message);

    /// <param name="options">The options; only read.</param>
    /// <param name="messages">The conversation, as returned by <see cref="Messages"/>.</param>
    public static ChatOptions? Options(ChatOptions? options, List<ChatMessage> messages)
    {
        var called = messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => call.Name).Distinct(StringComparer.Ordinal).ToList();
        if (options is null && called.Count == 0)
        {
            return null;
        }

        var copy = options?.Clone() ?? new ChatOptions();
        if (copy.Tools is not { Count: > 0 })
        {
            // A tool choice without tools is refused, and so are earlier calls without tools.
            copy.ToolMode = called.Count == 0 ? null : ChatToolMode.None;
            copy.Tools = called.Count == 0 ? null : [.. called.Select(name => AIFunctionFactory.CreateDeclaration(name, "No longer available.", AnyObject))];
        }
        else if (copy.ToolMode is null && copy.AllowMultipleToolCalls is not null)
        {
            // The library sends the flag only with a tool choice.
            copy.ToolMode = ChatToolMode.Auto;
        }

        if (copy.ToolMode is RequiredChatToolMode && copy.Reasoning?.Effort is not null)
        {
            // Thinking requires a free choice.
            copy.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None };
        }

        return copy;
    }

    private static bool IdFits(string id) => id.Length is > 0 and <= PendingToolCalls.MaxIdLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>The service accepts only signed thinking, and only before what it led to.</summary>
    private static ChatMessage WithThinking(ChatMessage message)
    {
        var contents = new List<AIContent>();
        foreach (var content in message.Contents)
        {
            if (content is not TextReasoningContent reasoning)
            {
                contents.Add(content);
            }
            else if (!string.IsNullOrEmpty(reasoning.ProtectedData))
            {
                contents.Add(ToThinking(reasoning.Text, reasoning.ProtectedData));
            }
        }

        var end = contents.FindLastIndex(IsSaid) + 1;
        contents.RemoveRange(end, contents.Count - end);

        var copy = message.Clone();
        copy.Contents = contents;
        return copy;
    }

    private static bool IsSaid(AIContent content) =>
        content is not TextReasoningContent && (content is not TextContent text || !string.IsNullOrWhiteSpace(text.Text));

    private static TextReasoningContent ToThinking(string text, string data) =>
        data.StartsWith(RedactedPrefix, StringComparison.Ordinal)
            ? new TextReasoningContent("") { ProtectedData = data[RedactedPrefix.Length..], RawRepresentation = new RedactedThinkingBlock(data[RedactedPrefix.Length..]) }
            : new TextReasoningContent(text) { ProtectedData = data };
}
