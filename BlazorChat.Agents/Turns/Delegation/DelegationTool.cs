using System.Text.Json;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Delegation;

/// <summary>
/// An assistant as a tool of another: <c>ask_…</c> with a task. It works with its own instructions, tools and budget, and sees nothing
/// of the room. Only its last message is returned; its steps are kept for people.
/// </summary>
internal sealed class DelegationTool(Assistant inner, IAssistants assistants, DelegationTools delegation, StepLoop loop, TimeProvider time) : AIFunction
{
    public const string NoApproval = "This tool needs a person's approval, which delegated work cannot ask for.";

    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"type":"object","properties":{"task":{"type":"string","description":"Everything the assistant needs to know: it sees nothing of this conversation."}},"required":["task"],"additionalProperties":false}""");

    public override string Name { get; } = $"ask_{inner.Author.Id.Replace('-', '_')}";

    public override string Description { get; } = $"Hands a task to the assistant {inner.Author.Name} and returns its answer.";

    public override JsonElement JsonSchema => Schema;

    /// <summary>Why the assistants of a chain cannot delegate to this one, or null if they can.</summary>
    /// <param name="chain">Assistant ids, outermost first; the caller is last.</param>
    public string? WhyNot(IReadOnlyList<string> chain) =>
        chain.Contains(inner.Author.Id, StringComparer.Ordinal) ? $"{inner.Author.Name} is already part of this work, so it cannot be asked again."
        : chain.Count > DelegationTools.MaxDepth ? $"This work has already been handed on {chain.Count - 1} times, which is the limit. Do it yourself."
        : null;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var call = arguments.Services?.GetService<ToolCallContext>() ?? throw new InvalidOperationException("The function was called outside a turn.");
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
        finally
        {
            // However it ended, people can see what it did.
            await run.SaveAsync().ConfigureAwait(false);
        }
    }
}
