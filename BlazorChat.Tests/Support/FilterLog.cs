using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Support;

/// <summary>A filter of an application's kernels that remembers what it saw.</summary>
internal sealed class FilterLog : IFunctionInvocationFilter, IPromptRenderFilter
{
    private readonly List<string> _seen = [];

    /// <summary>Runs after a function.</summary>
    public Action<FunctionInvocationContext>? After { get; init; }

    /// <summary>Whether a function is not run.</summary>
    public Func<FunctionInvocationContext, bool> Refuses { get; init; } = _ => false;

    /// <summary>The functions in order, as "plugin/function", and "render" for each prompt.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Adds it to an application's services.</summary>
    public void Register(IServiceCollection services) => services.AddSingleton<IFunctionInvocationFilter>(this).AddSingleton<IPromptRenderFilter>(this);

    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        Add($"{context.Function.PluginName}/{context.Function.Name}");
        if (Refuses(context))
        {
            return;
        }

        await next(context);
        After?.Invoke(context);
    }

    public async Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
    {
        Add("render");
        await next(context);
    }

    private void Add(string what)
    {
        lock (_seen)
        {
            _seen.Add(what);
        }
    }
}
