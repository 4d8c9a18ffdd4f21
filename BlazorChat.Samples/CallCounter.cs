using System.Collections.Concurrent;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A filter of Semantic Kernel that counts the calls of every tool that did not fail.</summary>
public sealed class CallCounter : IFunctionInvocationFilter
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>How often a function has run.</summary>
    /// <param name="name">Its plugin's name, a dot and its own.</param>
    public int Of(string name) => _calls.GetValueOrDefault(name);

    /// <inheritdoc />
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        await next(context).ConfigureAwait(false);
        _calls.AddOrUpdate($"{context.Function.PluginName}.{context.Function.Name}", 1, static (_, count) => count + 1);
    }
}
