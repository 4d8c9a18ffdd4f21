using System.Text.Json;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Delegation;

/// <summary>
/// An assistant as a tool of another: <c>ask_…</c> with a task. It works with its own instructions, tools and budget, sees nothing
/// of the room, and only its last words come back.
/// </summary>
internal sealed class DelegationTool(Assistant inner, IAssistants assistants, DelegationTools delegation, StepLoop loop, TimeProvider time) : AIFunction
{
    public const string NoApproval = "This tool needs a person's approval, which work that was handed on cannot ask for.";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"task":{"type":"string","description":"All that the assistant needs to know: it sees nothing of this conversation."}},"required":["task"],"additionalProperties":false}""");

    public override string Name { get; } = $"ask_{inner.Author.Id.Replace('-', '_')}";

    public override string Description { get; } = $"Hands a task to the assistant {inner.Author.Name} and gives its answer.";

    public override JsonElement JsonSchema => Schema;

    /// <summary>Why the assistants of a chain cannot hand work to this one, or null when they can.</summary>
    /// <param name="chain">Ids, outermost first, the one that asks last.</param>
    public string? WhyNot(IReadOnlyList<string> chain) =>
        chain.Contains(inner.Author.Id, StringComparer.Ordinal) ? $"{inner.Author.Name} takes part in this work already: handing it on in a circle is refused."
        : chain.Count > DelegationTools.MaxDepth ? $"This work was handed on {chain.Count - 1} times already, which is the most. Do it yourself."
        : null;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var call = arguments.Services?.GetService<ToolCallContext>() ?? throw new InvalidOperationException("The function was called outside of a turn.");
        IReadOnlyList<string> chain = call.Chain.Contains(call.Assistant.Id, StringComparer.Ordinal) ? call.Chain : [.. call.Chain, call.Assistant.Id];
        if (WhyNot(chain) is { } why)
        {
            throw new ToolFailedException(why);
        }

        if (arguments.GetValueOrDefault("task") is not JsonElement { ValueKind: JsonValueKind.String } task || string.IsNullOrWhiteSpace(task.GetString()))
        {
            throw new ToolFailedException($"{inner.Author.Name} needs a task.");
        }

        var progress = new DelegationProgress(call.ShowPreliminary, time);
        await using var _ = progress.ConfigureAwait(false);
        var run = new DelegatedRun(inner, task.GetString()!, assistants, delegation, call, chain, progress, cancellationToken);
        try
        {
            return run.Result(await loop.RunAsync(run).ConfigureAwait(false));
        }
        catch (ResponseFailedException e)
        {
            throw new ToolFailedException($"{inner.Author.Name} could not answer: {e.Message}", e);
        }
    }
}
