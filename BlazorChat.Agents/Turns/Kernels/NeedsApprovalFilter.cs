using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// When a tool lets a model call functions itself, refuses functions that need a person's approval: no one can be asked there.
/// </summary>
internal sealed class NeedsApprovalFilter : IAutoFunctionInvocationFilter
{
    public const string Message = "This function needs a person's approval, which cannot be asked for here.";

    public static readonly NeedsApprovalFilter Instance = new();

    public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        if (context.Kernel.Services.GetService<Tools.ToolCatalog>()?.MayNeedApproval(context.Function) ?? Tools.ToolCatalog.IsMarked(context.Function))
        {
            context.Result = new FunctionResult(context.Function, Message);
            return;
        }

        await next(context).ConfigureAwait(false);
    }
}
