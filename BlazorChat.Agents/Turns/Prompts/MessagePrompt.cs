using System.Text.Json;
using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>Converts a stored message to messages for a model. Only what was said is sent: no states, data or metadata.</summary>
internal static class MessagePrompt
{
    private const string LeftOut = "(result left out)";

    private const string NotAnObject = "not_an_object";

    /// <summary>Whether a message is the assistant's own.</summary>
    public static bool IsOwn(Message message, Assistant assistant) =>
        message.Author.Kind == AuthorKind.Assistant && message.Author.Id == assistant.Author.Id;

    /// <summary>The messages for one message of the room; empty if the model must not see it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="assistant">The assistant that is asked.</param>
    /// <param name="ownSince">How many of its own responses came later.</param>
    public static List<ChatMessage> Of(Message message, Assistant assistant, int ownSince)
    {
        if (!IsOwn(message, assistant))
        {
            // The speaker is structure: a name in the text does not make anyone the author.
            return string.IsNullOrWhiteSpace(message.Text) ? [] : [new ChatMessage(ChatRole.User, message.Text) { AuthorName = message.Author.Name }];
        }

        var context = assistant.Context;
        return OfResponse(
            message.Parts,
            keepReasoning: !context.DropOldReasoning || ownSince == 0,
            keepResults: context.DropToolResultsAfter is not { } after || ownSince < after);
    }

    /// <summary>The steps of a response: in each, reasoning, text and calls, followed by the results.</summary>
    /// <param name="parts">The response's parts.</param>
    /// <param name="keepReasoning">Whether to send reasoning at all.</param>
    /// <param name="keepResults">Whether to send tool results.</param>
    public static List<ChatMessage> OfResponse(IEnumerable<MessagePart> parts, bool keepReasoning, bool keepResults)
    {
        var messages = new List<ChatMessage>();
        foreach (var step in parts.GroupBy(p => p.Step).OrderBy(g => g.Key))
        {
            var said = new List<AIContent>();
            var results = new List<AIContent>();
            foreach (var part in step)
            {
                switch (part)
                {
                    case TextPart { Text: var text } when !string.IsNullOrWhiteSpace(text):
                        said.Add(new TextContent(text));
                        break;
                    // Only reasoning that its provider sealed goes back, and only to that provider. Which one is asked is known after the
                    // hooks.
                    case ReasoningPart { ProtectedData: { } sealing } reasoning when keepReasoning:
                        said.Add(ReasoningOrigin.Mark(reasoning.Text, sealing, reasoning.Origin));
                        break;
                    // Some servers refuse every later request without what led to a call. All others are not sent it: see RequestRule.SendReasoning.
                    case ReasoningPart { ProtectedData: null, Text.Length: > 0 } reasoning when step.Any(p => p is ToolCallPart):
                        said.Add(new TextReasoningContent(reasoning.Text));
                        break;
                    case ToolCallPart call:
                        said.Add(new FunctionCallContent(call.CallId, call.Name, ArgumentsOf(call)));
                        results.Add(new FunctionResultContent(call.CallId, Pending(call) ?? (keepResults ? call.Result ?? "" : LeftOut)));
                        break;
                }
            }

            // Reasoning alone is not a response, and providers refuse it.
            if (said.Exists(c => c is not TextReasoningContent))
            {
                messages.Add(new ChatMessage(ChatRole.Assistant, said));
            }

            if (results.Count > 0)
            {
                messages.Add(new ChatMessage(ChatRole.Tool, results));
            }
        }

        return messages;
    }

    // Providers want a result for each call. This one must not pass for one: the call has not run.
    private static string? Pending(ToolCallPart call) => call.State switch
    {
        _ when call.IsFinished => null,
        ToolCallState.AwaitingApproval => "(No result yet. This call has not run: it is waiting for a person's approval.)",
        ToolCallState.AwaitingBrowser => "(No result yet. This call has not run: it is waiting for the person's browser.)",
        ToolCallState.Ready when call.Decision is not null => "(No result yet. This call was approved, and runs when the other calls made with it have been decided.)",
        _ => "(No result yet. This call has not finished.)",
    };

    // Providers take only objects. A call that was cut off while it was written, or has something else, keeps what was written in one.
    private static Dictionary<string, object?> ArgumentsOf(ToolCallPart call)
    {
        try
        {
            return call.Arguments.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(call.Arguments) ?? [];
        }
        catch (JsonException)
        {
            return new(StringComparer.Ordinal) { [NotAnObject] = call.Arguments };
        }
    }
}
