using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>The rules of one assistant's server: those that are configured, and those that its refusals have taught. Thread-safe.</summary>
/// <param name="configured">The configured ones.</param>
internal sealed class RequestForm(IEnumerable<RequestRule> configured)
{
    private ImmutableSortedSet<RequestRule> _rules = [.. configured];

    /// <summary>All rules.</summary>
    public ImmutableSortedSet<RequestRule> Rules => Volatile.Read(ref _rules);

    /// <summary>Remembers rules that a request was answered with.</summary>
    /// <returns>Those that are new.</returns>
    public IReadOnlyList<RequestRule> Remember(ImmutableSortedSet<RequestRule> rules)
    {
        var before = Rules;
        ImmutableInterlocked.Update(ref _rules, (known, more) => known.Union(more), rules);
        return [.. rules.Except(before)];
    }

    /// <summary>Brings a request into the form that the rules ask for.</summary>
    /// <param name="body">The request as the provider's library wrote it.</param>
    /// <param name="rules">The rules.</param>
    /// <returns>The request in that form; the same array if there is nothing to change.</returns>
    public static byte[] Apply(byte[] body, ImmutableSortedSet<RequestRule> rules)
    {
        // Without the rule that asks for it, no reasoning goes back: most servers refuse or ignore it.
        if (rules.IsEmpty && body.AsSpan().IndexOf("\"reasoning_content\""u8) < 0)
        {
            return body;
        }

        JsonObject? request;
        try
        {
            request = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return body;
        }

        if (request is null)
        {
            return body;
        }

        RequestRewriter.Apply(request, rules);
        return JsonSerializer.SerializeToUtf8Bytes(request, RequestRewriter.Json);
    }
}
