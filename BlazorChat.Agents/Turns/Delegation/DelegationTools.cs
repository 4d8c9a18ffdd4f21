using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Turns.Delegation;

/// <summary>What an inner assistant may call.</summary>
/// <param name="Tools">The tools.</param>
/// <param name="Withheld">The names of those it could call otherwise, each with a sentence that says why it cannot here.</param>
internal sealed record OfferedTools(IReadOnlyList<ChatTool> Tools, IReadOnlyDictionary<string, string> Withheld);

/// <summary>The tools by which an assistant hands work to others.</summary>
/// <param name="loop">Runs the inner assistants' steps.</param>
/// <param name="toolsOf">The tools that an assistant may call by itself, those of delegation left out.</param>
/// <param name="rules">Who has to agree.</param>
/// <param name="instructions">What inner assistants are told.</param>
/// <param name="context">Notices what their servers cut off.</param>
/// <param name="time">The clock.</param>
internal sealed class DelegationTools(
    StepLoop loop, Func<Assistant, IReadOnlyList<ChatTool>> toolsOf, ToolRules rules, AssistantInstructions instructions, ContextCheck context,
    TimeProvider time)
{
    /// <summary>How often work may be handed on: an assistant may ask another, which may ask a third.</summary>
    public const int MaxDepth = 2;

    /// <summary>Where these tools come from, for people.</summary>
    public const string Source = "assistant";

    // An inner answer takes steps of its own, each with the guard's time-outs; this is the end of all of it.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>What inner assistants are told.</summary>
    public AssistantInstructions Instructions { get; } = instructions;

    /// <summary>Notices what their servers cut off.</summary>
    public ContextCheck Context { get; } = context;

    /// <summary>A tool for each assistant that one may hand work to and that is configured.</summary>
    public IReadOnlyList<ChatTool> For(Assistant assistant, IAssistants assistants) =>
        [.. assistant.Delegates.Distinct(StringComparer.Ordinal).Where(id => id != assistant.Author.Id).Select(assistants.Find).OfType<Assistant>()
            .Select(inner => rules.Apply(new ChatTool(new DelegationTool(inner, assistants, this, loop, time)) { Source = Source, Timeout = Timeout }))];

    /// <summary>What an inner assistant is offered: nothing that needs a person, or their browser, or would be refused anyway.</summary>
    /// <param name="inner">The inner assistant.</param>
    /// <param name="assistants">Who can answer.</param>
    /// <param name="chain">Who handed the work on, the inner assistant last.</param>
    public OfferedTools Offered(Assistant inner, IAssistants assistants, IReadOnlyList<string> chain)
    {
        var withheld = new Dictionary<string, string>(StringComparer.Ordinal);
        var offered = new List<ChatTool>();
        foreach (var tool in toolsOf(inner).Concat(For(inner, assistants)))
        {
            var why = tool.Site == ToolSite.Browser ? "This tool runs in a person's browser, which work that was handed on cannot use."
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
