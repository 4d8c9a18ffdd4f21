using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>
/// Changes a request of a chat protocol (<c>messages</c> with roles) after the provider's library has written it. The libraries have one
/// form for all servers.
/// </summary>
internal static class RequestRewriter
{
    /// <summary>Writes requests: letters of all languages stay as they are.</summary>
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Stands where a server wants a message and nobody said anything.
    private const string Nothing = "…";

    private static readonly (RequestRule Rule, string[] Fields)[] Dropped =
    [
        (RequestRule.NoTools, ["tools", "tool_choice", "parallel_tool_calls"]),
        (RequestRule.NoStreamOptions, ["stream_options"]),
        (RequestRule.NoParallelToolCalls, ["parallel_tool_calls"]),
        (RequestRule.NoToolChoice, ["tool_choice"]),
        (RequestRule.NoTemperature, ["temperature"]),
        (RequestRule.NoReasoningEffort, ["reasoning_effort", "think", "thinking"]),
        (RequestRule.NoTokenLimit, ["max_tokens", "max_completion_tokens"]),
    ];

    /// <summary>Applies rules.</summary>
    /// <param name="request">The request; changed.</param>
    /// <param name="rules">The rules.</param>
    public static void Apply(JsonObject request, ImmutableSortedSet<RequestRule> rules)
    {
        foreach (var (rule, fields) in Dropped)
        {
            if (rules.Contains(rule))
            {
                foreach (var field in fields)
                {
                    request.Remove(field);
                }
            }
        }

        Rename(request, rules.Contains(RequestRule.MaxTokens), "max_completion_tokens", "max_tokens");
        Rename(request, rules.Contains(RequestRule.MaxCompletionTokens), "max_tokens", "max_completion_tokens");
        if (request["messages"] is not JsonArray given)
        {
            return;
        }

        var messages = given.OfType<JsonObject>().Select(message => (JsonObject)message.DeepClone()).ToList();
        if (!rules.Contains(RequestRule.SendReasoning))
        {
            messages.ForEach(message => message.Remove("reasoning_content"));
        }

        if (rules.Contains(RequestRule.NoNames))
        {
            WithoutNames(messages);
        }

        if (rules.Contains(RequestRule.TextContent))
        {
            messages.ForEach(message => message["content"] = message["content"] is JsonArray parts ? TextOf(parts) : message["content"]?.DeepClone());
        }

        if (rules.Contains(RequestRule.NoTools))
        {
            messages = WithoutTools(messages);
        }

        if (rules.Contains(RequestRule.SingleToolCalls))
        {
            messages = WithSingleCalls(messages);
        }

        if (rules.Contains(RequestRule.NoSystemRole) || rules.Contains(RequestRule.SystemFirst))
        {
            messages = WithInstructionsFirst(messages, asPerson: rules.Contains(RequestRule.NoSystemRole));
        }

        if (rules.Contains(RequestRule.AlternateRoles))
        {
            messages = Alternate(messages);
        }

        if (rules.Contains(RequestRule.NoEmptyContent))
        {
            messages.ForEach(FillEmpty);
        }

        request["messages"] = new JsonArray([.. messages]);
    }

    private static void Rename(JsonObject request, bool isWanted, string from, string to)
    {
        if (isWanted && request.Remove(from, out var value))
        {
            request[to] = value;
        }
    }

    private static void WithoutNames(List<JsonObject> messages)
    {
        var hasNames = false;
        foreach (var message in messages)
        {
            var name = message["name"]?.GetValue<string>();
            if (message.Remove("name") && RoleOf(message) == "user" && message["content"] is JsonValue)
            {
                message["content"] = SpeakerEnvelopeChatClient.ToJson(name, ContentOf(message));
                hasNames = true;
            }
        }

        if (!hasNames)
        {
            return;
        }

        if (messages.Find(IsInstruction) is { } instructions)
        {
            instructions["content"] = $"{ContentOf(instructions)}\n\n{SpeakerEnvelopeChatClient.Instruction}";
        }
        else
        {
            messages.Insert(0, Message("system", SpeakerEnvelopeChatClient.Instruction));
        }
    }

    /// <summary>Calls and their results as text: what they said must not be lost with their form.</summary>
    private static List<JsonObject> WithoutTools(List<JsonObject> messages)
    {
        var result = new List<JsonObject>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (RoleOf(message) == "tool")
            {
                var id = message["tool_call_id"]?.GetValue<string>() ?? "";
                var name = message["tool_name"]?.GetValue<string>() ?? names.GetValueOrDefault(id, "a tool");
                result.Add(Message("user", $"[Result of {name}] {ContentOf(message)}"));
                continue;
            }

            if (message.Remove("tool_calls", out var calls))
            {
                var said = ContentOf(message);
                foreach (var call in (calls as JsonArray)?.OfType<JsonObject>() ?? [])
                {
                    var name = call["function"]?["name"]?.GetValue<string>() ?? "a tool";
                    names[call["id"]?.GetValue<string>() ?? ""] = name;
                    said = $"{said}\n[Called {name}]".TrimStart();
                }

                message["content"] = said;
            }

            result.Add(message);
        }

        return result;
    }

    /// <summary>Each call in a message of its own, followed by its result.</summary>
    private static List<JsonObject> WithSingleCalls(List<JsonObject> messages)
    {
        var result = new List<JsonObject>();
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i]["tool_calls"] is not JsonArray { Count: > 1 } calls)
            {
                result.Add(messages[i]);
                continue;
            }

            // The results are in the order of the calls (ToolHistory).
            var results = messages.Skip(i + 1).TakeWhile(message => RoleOf(message) == "tool").ToList();
            for (var call = 0; call < calls.Count; call++)
            {
                var one = call == 0 ? (JsonObject)messages[i].DeepClone() : Message("assistant", "");
                one["tool_calls"] = new JsonArray(calls[call]?.DeepClone());
                result.Add(one);
                if (call < results.Count)
                {
                    result.Add(results[call]);
                }
            }

            result.AddRange(results.Skip(calls.Count));
            i += results.Count;
        }

        return result;
    }

    private static List<JsonObject> WithInstructionsFirst(List<JsonObject> messages, bool asPerson)
    {
        var instructions = string.Join("\n\n", messages.Where(IsInstruction).Select(ContentOf).Where(text => text.Length > 0));
        var others = messages.Where(message => !IsInstruction(message)).ToList();
        if (instructions.Length == 0)
        {
            return others;
        }

        if (!asPerson)
        {
            others.Insert(0, Message("system", instructions));
        }
        else if (others is [{ } first, ..] && RoleOf(first) == "user" && first["content"] is not JsonArray)
        {
            first["content"] = $"{instructions}\n\n{ContentOf(first)}";
        }
        else
        {
            others.Insert(0, Message("user", instructions));
        }

        return others;
    }

    private static List<JsonObject> Alternate(List<JsonObject> messages)
    {
        var result = new List<JsonObject>();
        foreach (var message in messages)
        {
            var role = RoleOf(message);
            var before = result is [.., var last] && !IsInstruction(last) ? last : null;
            if (before is null && role == "assistant")
            {
                // The conversation was cut at its beginning.
                result.Add(Message("user", Nothing));
            }
            else if (before is not null && RoleOf(before) == role && role is "user" or "assistant" && !before.ContainsKey("tool_calls"))
            {
                Join(before, message);
                continue;
            }
            else if (role == "user" && before is not null && RoleOf(before) == "tool")
            {
                // Somebody wrote before the assistant had answered.
                result.Add(Message("assistant", Nothing));
            }

            result.Add(message);
        }

        return result;
    }

    private static void Join(JsonObject before, JsonObject message)
    {
        if (before["content"] is JsonArray || message["content"] is JsonArray)
        {
            before["content"] = new JsonArray([.. Parts(before["content"]), .. Parts(message["content"])]);
        }
        else
        {
            before["content"] = $"{ContentOf(before)}\n\n{ContentOf(message)}".Trim();
        }

        foreach (var name in (ReadOnlySpan<string>)["tool_calls", "reasoning_content"])
        {
            if (message.Remove(name, out var value))
            {
                before[name] = value;
            }
        }

        // Several people, or assistants, speak in one message.
        before.Remove("name");
    }

    private static IEnumerable<JsonNode?> Parts(JsonNode? content) => content switch
    {
        JsonArray parts => parts.Select(part => part?.DeepClone()),
        null => [],
        _ => [new JsonObject { ["type"] = "text", ["text"] = content.DeepClone() }],
    };

    private static void FillEmpty(JsonObject message)
    {
        if (string.IsNullOrWhiteSpace(ContentOf(message)) && message["content"] is not JsonArray { Count: > 0 })
        {
            message["content"] = Nothing;
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static bool IsInstruction(JsonObject message) => RoleOf(message) is "system" or "developer";

    private static string RoleOf(JsonObject message) => message["role"]?.GetValue<string>() ?? "";

    private static string ContentOf(JsonObject message) => message["content"] switch
    {
        JsonArray parts => TextOf(parts),
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => "",
    };

    private static string TextOf(JsonArray parts) =>
        string.Join('\n', parts.OfType<JsonObject>().Select(part => part["text"]?.GetValue<string>()).Where(text => !string.IsNullOrEmpty(text)));
}
