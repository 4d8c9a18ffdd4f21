using System.Text.Json;
using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>A stored message as a model gets it. What is not said (states, data, metadata) is not sent.</summary>
internal static class MessagePrompt
{
    private const string LeftOut = "(result left out)";

    private const string Waiting = "(No result yet: a person has not answered.)";

    /// <summary>Whether a message is the assistant's own.</summary>
    public static bool IsOwn(Message message, Assistant assistant) =>
        message.Author.Kind == AuthorKind.Assistant && message.Author.Id == assistant.Author.Id;

    /// <summary>A message of the room; empty for what the model is not to see.</summary>
    /// <param name="message">The message.</param>
    /// <param name="assistant">Who is asked.</param>
    /// <param name="ownSince">How many responses of its own have come since.</param>
    public static List<ChatMessage> Of(Message message, Assistant assistant, int ownSince)
    {
        if (!IsOwn(message, assistant))
        {
            // The speaker is structure: a name written in the text does not make somebody the author.
            return string.IsNullOrWhiteSpace(message.Text) ? [] : [new ChatMessage(ChatRole.User, message.Text) { AuthorName = message.Author.Name }];
        }

        var context = assistant.Context;
        return OfResponse(
            message.Parts,
            keepReasoning: !context.DropOldReasoning || ownSince == 0,
            keepResults: context.DropToolResultsAfter is not { } after || ownSince < after);
    }

    /// <summary>The steps of a response: each is what was thought, said and called, followed by the results.</summary>
    /// <param name="parts">The response's parts.</param>
    /// <param name="keepReasoning">Whether reasoning is sent at all.</param>
    /// <param name="keepResults">Whether tools' results are sent.</param>
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
                    // Only what its provider has sealed has to go back, and only to that one: who is asked is known after the hooks.
                    case ReasoningPart { ProtectedData: { } sealing } reasoning when keepReasoning:
                        said.Add(ReasoningOrigin.Mark(reasoning.Text, sealing, reasoning.Origin));
                        break;
                    case ToolCallPart call:
                        said.Add(new FunctionCallContent(call.CallId, call.Name, ArgumentsOf(call)));
                        results.Add(new FunctionResultContent(call.CallId, !call.IsFinished ? Waiting : keepResults ? call.Result ?? "" : LeftOut));
                        break;
                }
            }

            // Thoughts alone are no response, and providers refuse them.
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

    // A call that was cut off while it was written has half an object: the model gets an empty one back, and the result says why.
    private static Dictionary<string, object?> ArgumentsOf(ToolCallPart call)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(call.Arguments) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
