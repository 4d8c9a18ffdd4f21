using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Turns.Delegation;

/// <summary>The tools that an inner assistant may call.</summary>
/// <param name="Tools">The tools.</param>
/// <param name="Withheld">The names of tools that it could call elsewhere, each with a sentence that says why it cannot here.</param>
internal sealed record OfferedTools(IReadOnlyList<ChatTool> Tools, IReadOnlyDictionary<string, string> Withheld);

/// <summary>The tools with which an assistant delegates work to others.</summary>
/// <param name="loop">Runs the inner assistants' steps.</param>
/// <param name="toolsOf">An assistant's own tools, without those for delegation.</param>
/// <param name="rules">The approval rules.</param>
/// <param name="instructions">Supplies the instructions of inner assistants.</param>
/// <param name="context">Detects prompts that a server cut off.</param>
/// <param name="time">The clock.</param>
internal sealed class DelegationTools(
    StepLoop loop, Func<Assistant, IReadOnlyList<ChatTool>> toolsOf, ToolRules rules, AssistantInstructions instructions, ContextCheck context,
    TimeProvider time)
{
    /// <summary>How often work may be delegated: an assistant may ask a second one, which may ask a third.</summary>
    public const int MaxDepth = 2;

    /// <summary>The source of these tools, as shown to people.</summary>
    public const string Source = "assistant";

    // An inner response takes steps of its own, each with the guard's timeouts. This bounds them all together.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Supplies the instructions of inner assistants.</summary>
    public AssistantInstructions Instructions { get; } = instructions;

    /// <summary>Detects prompts that a server cut off.</summary>
    public ContextCheck Context { get; } = context;

    /// <summary>One tool for each configured assistant that this assistant may delegate to.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant, IAssistants assistants) =>
        [.. assistant.Delegates.Distinct(StringComparer.Ordinal).Where(id => id != assistant.Author.Id).Select(assistants.Find).OfType<Assistant>()
            .Select(inner => rules.Apply(new ChatTool(new DelegationTool(inner, assistants, this, loop, time))
            {
                Title = $"Ask {inner.Author.Name}",
                Verb = new ToolVerb($"Asking {inner.Author.Name}", $"Asked {inner.Author.Name}"),
                Source = Source,
                Timeout = Timeout,
            }))];

    /// <summary>The tools of an inner assistant: none that needs a person or their browser, or that would be refused anyway.</summary>
    /// <param name="inner">The inner assistant.</param>
    /// <param name="assistants">The configured assistants.</param>
    /// <param name="chain">The ids of the assistants that delegated the work; the inner assistant is last.</param>
    public OfferedTools Offered(Assistant inner, IAssistants assistants, IReadOnlyList<string> chain)
    {
        var withheld = new Dictionary<string, string>(StringComparer.Ordinal);
        var offered = new List<ChatTool>();
        foreach (var tool in toolsOf(inner).Concat(For(inner, assistants)))
        {
            var why = tool.Site == ToolSite.Browser ? "This tool runs in a person's browser, which delegated work cannot use."
                : tool.NeedsApproval == ChatTool.Always ? DelegationTool.NoApproval
                : tool.Function is DelegationTool next ? next.WhyNot(chain)
                : null;
            if (why is null)
            {
                offered.Add(tool);
            }
            else
            {
                withheld[tool.Name] = why;
            }
        }

        return new OfferedTools(offered, withheld);
    }
}
