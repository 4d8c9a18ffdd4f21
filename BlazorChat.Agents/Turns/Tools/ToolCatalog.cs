using BlazorChat.Turns.Kernels;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Tools;

/// <summary>All tools there are: registered ones, plain functions, and those that come and go.</summary>
internal sealed class ToolCatalog
{
    private readonly ChatTool[] _registered;
    private readonly IToolSource[] _sources;

    /// <summary>Makes the catalog.</summary>
    /// <param name="tools">Tools.</param>
    /// <param name="functions">Plain functions, each a tool.</param>
    /// <param name="plugins">Plugins of Semantic Kernel, each function a tool.</param>
    /// <param name="sources">Where others come from.</param>
    /// <param name="rules">Who has to agree, beside what the tools say themselves.</param>
    public ToolCatalog(
        IEnumerable<ChatTool> tools, IEnumerable<AIFunction> functions, IEnumerable<KernelPlugin> plugins, IEnumerable<IToolSource> sources, IEnumerable<ToolRule> rules)
    {
        Rules = new ToolRules(rules);
        _registered = [.. tools, .. functions.Select(f => new ChatTool(f)), .. plugins.SelectMany(FromPlugin)];
        _sources = [.. sources];
    }

    /// <summary>Who has to agree, beside what tools say themselves.</summary>
    internal ToolRules Rules { get; }

    /// <summary>All tools now; of several with one name the last one that was registered.</summary>
    public IReadOnlyList<ChatTool> All =>
        [.. _registered.Concat(_sources.SelectMany(s => s.Tools)).GroupBy(t => t.Name, StringComparer.Ordinal).Select(g => Rules.Apply(g.Last()))];

    /// <summary>The tools that an assistant may call by its settings, wherever it is. One that only pretends is for the demo assistant, and for those that name it.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant) =>
        [.. All.Where(t => assistant.Tools.Contains(t.Name, StringComparer.Ordinal) || (IsAllowed(t.Name, assistant.Tools) && (!t.IsDemo || assistant.IsDemo)))];

    /// <summary>The tools that an assistant may call in a room.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant, Room room) =>
        [.. For(assistant).Where(t => !room.Settings.DisabledTools.Contains(t.Name, StringComparer.Ordinal))];

    /// <summary>
    /// Whether a call of a function may need a person's yes: by what is written at it, by a rule, or because a tool of its name
    /// does, which may be another than the one that models are offered.
    /// </summary>
    internal bool MayNeedApproval(KernelFunction function)
    {
        // As an AIFunction it has the name that models see, its plugin's in front.
        var tool = new ChatTool(function);
        return IsMarked(function)
            || _registered.Concat(_sources.SelectMany(s => s.Tools)).Where(t => t.Name == tool.Name).Append(tool).Any(t => Rules.Apply(t).NeedsApproval is not null);
    }

    /// <summary>Whether <see cref="NeedsApprovalAttribute"/> is written at a function.</summary>
    internal static bool IsMarked(KernelFunction function) => function.UnderlyingMethod?.IsDefined(typeof(NeedsApprovalAttribute), inherit: true) == true;

    private static IEnumerable<ChatTool> FromPlugin(KernelPlugin plugin) => plugin.Select(function =>
    {
        var tool = new ChatTool(new PluginFunction(function)) { Source = plugin.Name };
        return IsMarked(function) ? new ChatTool(tool.Function) { Source = plugin.Name, NeedsApproval = ChatTool.Always } : tool;
    });

    private static bool IsAllowed(string name, IReadOnlyList<string> patterns) => patterns.Any(p => ToolRule.Matches(p, name));
}
