using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Anthropic;

/// <summary>What a conversation and its options need before Anthropic's library may send them: what the service would refuse.</summary>
internal static class AnthropicPrompt
{
    /// <summary>Marks the data of a block of thinking that the provider has encrypted whole. No signature has a colon.</summary>
    public const string RedactedPrefix = "redacted_thinking:";

    // A tool that was called earlier and is not offered any more.
    private static readonly JsonElement AnyObject = JsonSerializer.SerializeToElement(new { type = "object" });

    /// <param name="messages">The conversation; it is only read.</param>
    public static List<ChatMessage> Messages(IEnumerable<ChatMessage> messages) =>
        ToolHistory.Repair(messages, IdFits).ConvertAll(message => message.Contents.Any(content => content is TextReasoningContent) ? WithThinking(message) : message);

    /// <param name="options">They are only read.</param>
    /// <param name="messages">The conversation, made by <see cref="Messages"/>.</param>
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
            // A choice without tools is refused, and so are earlier calls.
            copy.ToolMode = called.Count == 0 ? null : ChatToolMode.None;
            copy.Tools = called.Count == 0 ? null : [.. called.Select(name => AIFunctionFactory.CreateDeclaration(name, "Not available any more.", AnyObject))];
        }
        else if (copy.ToolMode is null && copy.AllowMultipleToolCalls is not null)
        {
            // The library sends the flag with a choice only.
            copy.ToolMode = ChatToolMode.Auto;
        }

        if (copy.ToolMode is RequiredChatToolMode && copy.Reasoning?.Effort is not null)
        {
            // Thinking goes with a free choice only.
            copy.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None };
        }

        return copy;
    }

    private static bool IdFits(string id) => id.Length is > 0 and <= PendingToolCalls.MaxIdLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>Only signed thinking is taken back, and only in front of what it led to.</summary>
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
