using BlazorChat.Turns.Kernels;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Tools;

/// <summary>All tools: registered ones, plain functions, plugin functions and those of tool sources.</summary>
internal sealed class ToolCatalog
{
    private readonly ChatTool[] _registered;
    private readonly IToolSource[] _sources;

    /// <summary>Creates the catalog.</summary>
    /// <param name="tools">Registered tools.</param>
    /// <param name="functions">Plain functions; each is a tool.</param>
    /// <param name="plugins">Semantic Kernel plugins; each function is a tool.</param>
    /// <param name="sources">Sources of further tools.</param>
    /// <param name="rules">Approval rules, in addition to the tools' own.</param>
    /// <param name="policy">What the settings ask of approvals.</param>
    public ToolCatalog(
        IEnumerable<ChatTool> tools, IEnumerable<AIFunction> functions, IEnumerable<KernelPlugin> plugins, IEnumerable<IToolSource> sources, IEnumerable<ToolRule> rules,
        ToolPolicy policy)
    {
        Rules = new ToolRules(rules.Concat(policy.Rules));
        _registered = [.. tools, .. functions.Select(f => new ChatTool(f)), .. plugins.SelectMany(FromPlugin)];
        _sources = [.. sources];
    }

    /// <summary>Approval rules, in addition to the tools' own.</summary>
    internal ToolRules Rules { get; }

    /// <summary>All current tools. If several have one name, the one that was registered last.</summary>
    public IReadOnlyList<ChatTool> All =>
        [.. _registered.Concat(_sources.SelectMany(s => s.Tools)).GroupBy(t => t.Name, StringComparer.Ordinal).Select(g => Rules.Apply(g.Last()))];

    /// <summary>The tools that an assistant's settings allow, in any room. A tool that only pretends is for the demo assistant, and for assistants that name it.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant) =>
        [.. All.Where(t => assistant.Tools.Contains(t.Name, StringComparer.Ordinal) || (IsAllowed(t.Name, assistant.Tools) && (!t.IsDemo || assistant.IsDemo)))];

    /// <summary>The tools that an assistant may call in a room.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant, Room room) =>
        [.. For(assistant).Where(t => !room.Settings.DisabledTools.Contains(t.Name, StringComparer.Ordinal))];

    /// <summary>
    /// Whether a call of a function may need a person's approval: because of its attribute, because of a rule, or because a tool of the
    /// same name needs it, which may be a different tool from the one that models are offered.
    /// </summary>
    internal bool MayNeedApproval(KernelFunction function)
    {
        // As an AIFunction it has the name that models see, with the plugin's name in front.
        var tool = new ChatTool(function);
        return IsMarked(function)
            || _registered.Concat(_sources.SelectMany(s => s.Tools)).Where(t => t.Name == tool.Name).Append(tool).Any(t => Rules.Apply(t).NeedsApproval is not null);
    }

    /// <summary>Whether a function has <see cref="NeedsApprovalAttribute"/>.</summary>
    internal static bool IsMarked(KernelFunction function) => function.UnderlyingMethod?.IsDefined(typeof(NeedsApprovalAttribute), inherit: true) == true;

    private static IEnumerable<ChatTool> FromPlugin(KernelPlugin plugin) => plugin.Select(function =>
    {
        var tool = new ChatTool(new PluginFunction(function)) { Source = plugin.Name };
        return IsMarked(function) ? new ChatTool(tool.Function) { Source = plugin.Name, NeedsApproval = ChatTool.Always } : tool;
    });

    private static bool IsAllowed(string name, IReadOnlyList<string> patterns) => patterns.Any(p => ToolRule.Matches(p, name));
}
