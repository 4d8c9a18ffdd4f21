namespace BlazorChat.Turns.Tools;

/// <summary>
/// An approval rule by name, for tools that bring none: functions of plugins, tools of MCP servers, other assistants. Register it as a
/// singleton; any number may match a tool. Rules only add: a call waits for a person's yes when the tool's own rule or any
/// that matches says so.
/// </summary>
public sealed class ToolRule
{
    /// <summary>Makes a rule.</summary>
    /// <param name="pattern">A tool's name as models see it (<c>shop_refund</c>), or the beginning of names with <c>*</c> behind it (<c>shop_*</c>). Case counts.</param>
    /// <param name="rule">Whether a call needs a yes.</param>
    /// <exception cref="ArgumentException">The pattern is empty, or has its <c>*</c> elsewhere: it would match nothing, and so guard nothing.</exception>
    public ToolRule(string pattern, ToolApprovalRule rule)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (pattern.AsSpan(0, pattern.Length - 1).Contains('*'))
        {
            throw new ArgumentException($"A rule's pattern has its * at the end only; this one is '{pattern}'.", nameof(pattern));
        }

        Pattern = pattern;
        Rule = rule;
    }

    /// <summary>Which tools.</summary>
    public string Pattern { get; }

    /// <summary>Whether a call needs a yes.</summary>
    public ToolApprovalRule Rule { get; }

    /// <summary>Whether a tool's name is the pattern, or begins as it says.</summary>
    internal static bool Matches(string pattern, string name) => pattern.EndsWith('*')
        ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : name == pattern;
}
