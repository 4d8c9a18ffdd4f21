using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// The kernels of assistants. Each has one chat service, which is the assistant's whole pipeline, and the application's services,
/// plugins and filters.
/// </summary>
public static class AssistantKernel
{
    /// <summary>Creates the kernel of an assistant, once at startup. The kernel itself runs no tools: the turn does.</summary>
    /// <param name="client">The assistant's model with its whole pipeline. Prompt functions ask it for <see cref="ChatClientMetadata"/> and fail without it.</param>
    /// <param name="services">The application's services, or null.</param>
    public static Kernel Create(IChatClient client, IServiceProvider? services = null) => new(new KernelServices(client, services));

    /// <summary>A kernel for one piece of an assistant's work: it uses the services of that work's scope and counts the model's tokens.</summary>
    /// <param name="assistant">The assistant's own kernel.</param>
    /// <param name="scope">The scope's services.</param>
    /// <param name="count">Receives the tokens of each response of the model; may be called from several threads.</param>
    internal static Kernel ForScope(Kernel assistant, IServiceProvider scope, Action<UsageDetails> count)
    {
        var kernel = new Kernel(new KernelServices(new CountingChatClient(assistant.GetRequiredService<IChatClient>(), count), scope));
        // Plugins that were added to the assistant's own kernel but not registered.
        foreach (var plugin in assistant.Plugins)
        {
            if (!kernel.Plugins.Contains(plugin.Name))
            {
                kernel.Plugins.Add(plugin);
            }
        }

        AddMissing(kernel.FunctionInvocationFilters, assistant.FunctionInvocationFilters);
        AddMissing(kernel.PromptRenderFilters, assistant.PromptRenderFilters);
        AddMissing(kernel.AutoFunctionInvocationFilters, assistant.AutoFunctionInvocationFilters);
        kernel.AutoFunctionInvocationFilters.Add(NeedsApprovalFilter.Instance);
        return kernel;
    }

    private static void AddMissing<T>(IList<T> to, IList<T> from)
    {
        foreach (var filter in from)
        {
            if (!to.Contains(filter))
            {
                to.Add(filter);
            }
        }
    }
}
