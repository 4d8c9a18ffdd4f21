using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants;

/// <summary>
/// Stops startup if an assistant's template calls a function that does not exist. Not part of the validator, because plugins may need
/// services that need the options.
/// </summary>
internal sealed class InstructionsCheck(AssistantDirectory assistants) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < assistants.All.Count; i++)
        {
            var assistant = assistants.All[i];
            if (assistant.Template is not { } template)
            {
                continue;
            }

            // Without the application's filters, and with one that prevents every call.
            var kernel = new Kernel(plugins: new KernelPluginCollection(assistant.Kernel.Plugins));
            kernel.FunctionInvocationFilters.Add(new NothingRuns());
            try
            {
                await template.RenderAsync(kernel, "", assistant.Name, default, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is KernelException or KeyNotFoundException)
            {
                var key = AssistantsOptionsValidator.InstructionsKey(i);
                throw new OptionsValidationException(Options.DefaultName, typeof(AssistantsOptions), [AssistantsOptionsValidator.BadTemplate(key, e.Message)]);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class NothingRuns : IFunctionInvocationFilter
    {
        public Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            context.Result = new FunctionResult(context.Function, "");
            return Task.CompletedTask;
        }
    }
}
