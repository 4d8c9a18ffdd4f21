using System.Text.Json;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>Reads tools' results out of requests to a provider, whose rules it checks: each call is followed by exactly one result.</summary>
internal static class SentResults
{
    /// <summary>The tools' results in a request; in place of its call's id, the tool's name where the protocol goes by that.</summary>
    public static List<(string Id, string Text)> Of(StubExchange request) => Of(request.Json);

    /// <summary>What a request says, turn by turn: messages, and what Responses has beside them.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement request) =>
        (request.TryGetProperty("messages", out var messages) ? messages : request.GetProperty("input")).EnumerateArray();

    /// <summary>Whether an item has tools' results and nothing else.</summary>
    public static bool IsResult(JsonElement item) =>
        Text(item, "role") == "tool" || Text(item, "type") == "function_call_output" || (Blocks(item) is { Count: > 0 } blocks && blocks.All(b => Text(b, "type") == "tool_result"));

    /// <summary>The tools' results in a request's body, in any protocol; each call has exactly one, right behind it.</summary>
    public static List<(string Id, string Text)> Of(JsonElement request)
    {
        var results = new List<(string Id, string Text)>();
        var open = new List<string>();
        foreach (var item in Items(request))
        {
            if (IsResult(item))
            {
                var here = ResultsOf(item);
                Assert.All(here, r => Assert.True(open.Remove(r.Id), $"No call {r.Id} waits for a result."));
                results.AddRange(here);
                continue;
            }

            // In Responses each call of a step is an item of its own.
            if (Text(item, "type") != "function_call")
            {
                Assert.Empty(open);
            }

            open.AddRange(CallsOf(item));

            // A name may be called twice, an id is one call's.
            Assert.True(IsByName(item) || open.Distinct(StringComparer.Ordinal).Count() == open.Count, "Two calls have one id.");
        }

        Assert.Empty(open);
        return results;
    }

    private static List<(string Id, string Text)> ResultsOf(JsonElement item) =>
        Text(item, "type") == "function_call_output" ? [(Text(item, "call_id")!, TextOf(item.GetProperty("output")))]
        : Text(item, "role") == "tool" ? [(Text(item, "tool_call_id") ?? Text(item, "tool_name")!, TextOf(item.GetProperty("content")))]
        : [.. Blocks(item).Select(b => (Text(b, "tool_use_id")!, TextOf(b.GetProperty("content"))))];

    private static IEnumerable<string> CallsOf(JsonElement item) =>
        Text(item, "type") == "function_call" ? [Text(item, "call_id")!]
        : item.TryGetProperty("tool_calls", out var calls) ? calls.EnumerateArray().Select(c => Text(c, "id") ?? Text(c.GetProperty("function"), "name")!)
        : Blocks(item).Where(b => Text(b, "type") == "tool_use").Select(b => Text(b, "id")!);

    private static bool IsByName(JsonElement item) => item.TryGetProperty("tool_calls", out var calls) && calls.EnumerateArray().Any(c => Text(c, "id") is null);

    private static List<JsonElement> Blocks(JsonElement item) =>
        item.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array ? [.. content.EnumerateArray()] : [];

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(b => Text(b, "text")));
}
