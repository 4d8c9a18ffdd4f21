namespace BlazorChat.Turns.Tools;

/// <summary>
/// An approval rule by tool name, for tools without a rule of their own: plugin functions, MCP tools, other assistants. Register it as a
/// singleton; any number may match a tool. Rules only add approvals: a call waits for approval if the tool's own rule or any matching
/// rule requires it.
/// </summary>
public sealed class ToolRule
{
    /// <summary>Creates a rule.</summary>
    /// <param name="pattern">A tool's name as models see it (<c>shop_refund</c>), or the beginning of names followed by <c>*</c> (<c>shop_*</c>). Case-sensitive.</param>
    /// <param name="rule">Decides whether a call needs approval.</param>
    /// <exception cref="ArgumentException">The pattern is empty, or its <c>*</c> is not at the end: it would match nothing and protect nothing.</exception>
    public ToolRule(string pattern, ToolApprovalRule rule)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (pattern.AsSpan(0, pattern.Length - 1).Contains('*'))
        {
            throw new ArgumentException($"A rule's pattern may have a * only at the end; this one is '{pattern}'.", nameof(pattern));
        }

        Pattern = pattern;
        Rule = rule;
    }

    /// <summary>The name, or beginning of names, that the rule applies to.</summary>
    public string Pattern { get; }

    /// <summary>Decides whether a call needs approval.</summary>
    public ToolApprovalRule Rule { get; }

    /// <summary>Whether a tool's name matches a pattern.</summary>
    internal static bool Matches(string pattern, string name) => pattern.EndsWith('*')
        ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : name == pattern;
}
