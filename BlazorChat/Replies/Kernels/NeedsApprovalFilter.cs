using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Replies.Kernels;

/// <summary>
/// When a tool lets a model call functions by itself, those that need a person's yes are refused: nobody can be asked there.
/// </summary>
internal sealed class NeedsApprovalFilter : IAutoFunctionInvocationFilter
{
    public const string Sentence = "This function needs a person's approval, which cannot be asked for here.";

    public static readonly NeedsApprovalFilter Instance = new();

    public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        // As an AIFunction it has the name that models see, its plugin's in front.
        var name = ((AIFunction)context.Function).Name;
        var catalog = context.Kernel.Services.GetService<Tools.ToolCatalog>();
        if (catalog?.All.FirstOrDefault(tool => tool.Name == name) is { NeedsApproval: not null })
        {
            context.Result = new FunctionResult(context.Function, Sentence);
            return;
        }

        await next(context).ConfigureAwait(false);
    }
}
