using System.Collections.Concurrent;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A Semantic Kernel filter that counts the successful calls of every tool.</summary>
public sealed class CallCounter : IFunctionInvocationFilter
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>The number of successful calls of a function.</summary>
    /// <param name="name">The plugin's name, a dot and the function's name.</param>
    public int Of(string name) => _calls.GetValueOrDefault(name);

    /// <inheritdoc />
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        await next(context).ConfigureAwait(false);
        _calls.AddOrUpdate($"{context.Function.PluginName}.{context.Function.Name}", 1, static (_, count) => count + 1);
    }
}
