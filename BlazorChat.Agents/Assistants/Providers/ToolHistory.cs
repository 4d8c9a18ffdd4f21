using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// Makes calls and results of earlier steps acceptable to any provider: exactly one result follows each call at once, all results of a step
/// are in one message, ids are unique, and names and arguments are well-formed. Otherwise, a single call that breaks these rules (cut off,
/// pruned, invented by a model) would make providers refuse every further step.
/// </summary>
internal static class ToolHistory
{
    private const string NoResult = "This call was interrupted. It has no result.";
    private const string NoReason = "Error: the tool failed.";

    /// <param name="messages">The conversation; only read.</param>
    /// <param name="fits">Whether the provider accepts an id unchanged.</param>
    public static List<ChatMessage> Repair(IEnumerable<ChatMessage> messages, Func<string, bool> fits)
    {
        var given = messages.ToList();
        var result = new List<ChatMessage>(given.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < given.Count; i++)
        {
            var message = given[i];
            if (message.Role == ChatRole.Tool)
            {
                // The call that it answers is no longer in the conversation.
                continue;
            }

            if (message.Role != ChatRole.Assistant || !message.Contents.Any(content => content is FunctionCallContent))
            {
                result.Add(message);
                continue;
            }

            var results = new List<FunctionResultContent>();
            for (; i + 1 < given.Count && given[i + 1].Role == ChatRole.Tool; i++)
            {
                results.AddRange(given[i + 1].Contents.OfType<FunctionResultContent>());
            }

            AddStep(result, message, results, ids, fits);
        }

        return result;
    }

    private static void AddStep(List<ChatMessage> result, ChatMessage message, List<FunctionResultContent> results, HashSet<string> ids, Func<string, bool> fits)
    {
        var contents = new List<AIContent>();
        var responses = new List<AIContent>();
        foreach (var content in message.Contents)
        {
            if (content is not FunctionCallContent call)
            {
                contents.Add(content);
                continue;
            }

            var id = UniqueId(call.CallId, ids, fits);
            contents.Add(new FunctionCallContent(id, OpenAINames.Sanitize(call.Name) ?? "unknown", Arguments(call)));

            // Two calls with the same id have their results in the order of the calls.
            var index = results.FindIndex(response => response.CallId == call.CallId);
            responses.Add(Response(id, index < 0 ? null : results[index]));
            if (index >= 0)
            {
                results.RemoveAt(index);
            }
        }

        var copy = message.Clone();
        copy.Contents = contents;
        result.Add(copy);
        result.Add(new ChatMessage(ChatRole.Tool, responses));
    }

    private static FunctionResultContent Response(string id, FunctionResultContent? result) =>
        result is null
            ? new FunctionResultContent(id, NoResult)
            : new FunctionResultContent(id, result.Result ?? (result.Exception is null ? "" : NoReason)) { Exception = result.Exception };

    /// <summary>The id, or a replacement that is the same each time this conversation is sent, because providers cache prompts by their beginning.</summary>
    private static string UniqueId(string id, HashSet<string> ids, Func<string, bool> fits)
    {
        if (fits(id) && ids.Add(id))
        {
            return id;
        }

        for (var number = ids.Count; ; number++)
        {
            var other = $"call_{number}";
            if (ids.Add(other))
            {
                return other;
            }
        }
    }

    private static Dictionary<string, object?> Arguments(FunctionCallContent call)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            arguments[name] = value is JsonElement { ValueKind: not JsonValueKind.Undefined }
                ? value
                : JsonSerializer.SerializeToElement(value is JsonElement ? null : value, AIJsonUtilities.DefaultOptions);
        }

        return arguments;
    }
}
