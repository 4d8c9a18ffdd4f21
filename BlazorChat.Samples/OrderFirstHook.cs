using System.Text.RegularExpressions;
using BlazorChat.Turns.Hooks;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>A hook that makes the model look up an order before it says anything about it.</summary>
public sealed partial class OrderFirstHook : IStepHook
{
    /// <inheritdoc />
    public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken)
    {
        var question = step.Messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";
        if (step.Step == 0 && step.Tools.Any(t => t.Name == OrderTool.Name) && WhereIsOrder().IsMatch(question))
        {
            step.Options.ToolMode = ChatToolMode.RequireSpecific(OrderTool.Name);
        }

        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"\bwhere\b.*\border\b", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhereIsOrder();
}
