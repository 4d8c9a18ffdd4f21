using System.Runtime.CompilerServices;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// Tools as functions of a kernel, so that its filters see every call. Only the call goes through the kernel. Models get the tool's own
/// name and schema, because the kernel's conversion would lose parts of them.
/// </summary>
internal static class ToolFunctions
{
    private static readonly ConditionalWeakTable<ChatTool, KernelFunction> Made = [];

    public static KernelFunction Of(ChatTool tool) => Made.GetValue(tool, Make);

    /// <summary>The arguments in the kernel's form; null if two names differ only in case, which a kernel ignores.</summary>
    public static KernelArguments? Arguments(AIFunctionArguments arguments)
    {
        var result = new KernelArguments { Services = arguments.Services, Context = arguments.Context };
        foreach (var (name, value) in arguments)
        {
            if (!result.TryAdd(name, value))
            {
                return null;
            }
        }

        return result;
    }

    private static KernelFunction Make(ChatTool tool) =>
        (tool.Function is KernelFunction or PluginFunction or ApprovalRequiredAIFunction ? tool.Function.GetService<KernelFunction>() : null)
        ?? Wrap((AIFunction)tool.Function, tool.Source);

    private static KernelFunction Wrap(AIFunction function, string source)
    {
        var made = KernelFunctionFactory.CreateFromMethod(
            (KernelArguments arguments, CancellationToken cancellationToken) => function.InvokeAsync(arguments, cancellationToken),
            new KernelFunctionFromMethodOptions { FunctionName = function.Name, Description = function.Description, Parameters = [], ReturnParameter = new KernelReturnParameterMetadata() });
        return KernelPluginFactory.CreateFromFunctions(PluginName(source), [made])[function.Name];
    }

    // A plugin's name may contain only letters, digits and underscores.
    private static string PluginName(string source) =>
        source.Length == 0 ? "tools" : string.Concat(source.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
