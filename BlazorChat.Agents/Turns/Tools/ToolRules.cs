using System.Runtime.CompilerServices;

namespace BlazorChat.Turns.Tools;

/// <summary>The registered approval rules, put to tools.</summary>
internal sealed class ToolRules(IEnumerable<ToolRule> rules)
{
    private readonly ToolRule[] _rules = [.. rules];

    // Tools are made once and asked for in each step.
    private readonly ConditionalWeakTable<ChatTool, ChatTool> _ruled = [];

    /// <summary>The tool with all rules that match it; the same one when none does.</summary>
    public ChatTool Apply(ChatTool tool) =>
        Array.Exists(_rules, rule => ToolRule.Matches(rule.Pattern, tool.Name)) ? _ruled.GetValue(tool, Rule) : tool;

    private ChatTool Rule(ChatTool tool)
    {
        ToolApprovalRule[] all = [.. _rules.Where(rule => ToolRule.Matches(rule.Pattern, tool.Name)).Select(rule => rule.Rule)];
        if (tool.NeedsApproval is { } own)
        {
            all = [own, .. all];
        }

        return new ChatTool(tool.Function)
        {
            Site = tool.Site,
            // Known for what it is: such a tool is not even offered where nobody can be asked.
            NeedsApproval = all.Contains(ChatTool.Always) ? ChatTool.Always : async (call, cancellationToken) =>
            {
                foreach (var rule in all)
                {
                    if (await rule(call, cancellationToken).ConfigureAwait(false))
                    {
                        return true;
                    }
                }

                return false;
            },
            Timeout = tool.Timeout,
            Source = tool.Source,
            IsDemo = tool.IsDemo,
        };
    }
}
