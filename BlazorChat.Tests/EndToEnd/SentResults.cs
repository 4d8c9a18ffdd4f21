using System.Text.Json;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>Reads tools' results out of requests to a provider, whose rules it checks: each call is followed by exactly one result.</summary>
internal static class SentResults
{
    /// <summary>The tools' results in a request.</summary>
    public static List<(string Id, string Text)> Of(StubExchange request) => Of(request.Json);

    /// <summary>Whether a message has tools' results and nothing else.</summary>
    public static bool IsResult(JsonElement message) =>
        message.GetProperty("role").GetString() == "tool"
        || (message.TryGetProperty("content", out var content) && content is { ValueKind: JsonValueKind.Array } blocks && blocks.EnumerateArray().All(b => b.GetProperty("type").GetString() == "tool_result"));

    /// <summary>The tools' results in a request's body, in either protocol; each call has exactly one, right behind it.</summary>
    public static List<(string Id, string Text)> Of(JsonElement request)
    {
        var results = new List<(string Id, string Text)>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in request.GetProperty("messages").EnumerateArray())
        {
            if (IsResult(message))
            {
                List<(string Id, string Text)> here = message.GetProperty("role").GetString() == "tool"
                    ? [(message.GetProperty("tool_call_id").GetString()!, TextOf(message.GetProperty("content")))]
                    : [.. message.GetProperty("content").EnumerateArray().Select(b => (b.GetProperty("tool_use_id").GetString()!, TextOf(b.GetProperty("content"))))];
                Assert.All(here, r => Assert.True(open.Remove(r.Id), $"No call {r.Id} waits for a result."));
                results.AddRange(here);
                continue;
            }

            Assert.Empty(open);
            open.UnionWith(CallIds(message));
        }

        Assert.Empty(open);
        return results;
    }

    private static IEnumerable<string> CallIds(JsonElement message) =>
        message.TryGetProperty("tool_calls", out var calls) ? calls.EnumerateArray().Select(c => c.GetProperty("id").GetString()!)
        : message.TryGetProperty("content", out var content) && content is { ValueKind: JsonValueKind.Array } blocks
            ? blocks.EnumerateArray().Where(b => b.GetProperty("type").GetString() == "tool_use").Select(b => b.GetProperty("id").GetString()!)
        : [];

    private static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(b => b.GetProperty("text").GetString()));
}
