using System.Runtime.CompilerServices;

namespace BlazorChat.Turns.Tools;

/// <summary>Applies the registered approval rules to tools.</summary>
internal sealed class ToolRules(IEnumerable<ToolRule> rules)
{
    private readonly ToolRule[] _rules = [.. rules];

    // Tools are created once but looked up in each step.
    private readonly ConditionalWeakTable<ChatTool, ChatTool> _ruled = [];

    /// <summary>The tool with all matching rules; the same object if none matches.</summary>
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
            Title = tool.Title,
            Verb = tool.Verb,
            OwnName = tool.OwnName,
            Site = tool.Site,
            // Kept recognizable: a tool that always needs approval is not even offered where no one can be asked.
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
            Annotations = tool.Annotations,
        };
    }
}
