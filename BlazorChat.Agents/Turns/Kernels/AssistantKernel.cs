using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// The kernels of assistants. Each has one chat service, the assistant's whole pipeline, and what the application has registered:
/// its services, plugins and filters.
/// </summary>
public static class AssistantKernel
{
    /// <summary>Makes the kernel of an assistant, once at start. It runs no tools by itself: the turn does.</summary>
    /// <param name="client">The assistant's model with all that stands around it. Prompt functions ask it for <see cref="ChatClientMetadata"/> and fail without.</param>
    /// <param name="services">The application's services, or null for none.</param>
    public static Kernel Create(IChatClient client, IServiceProvider? services = null) => new(new KernelServices(client, services));

    /// <summary>The kernel of one piece of work of an assistant: with the services of that work's scope, and a model whose tokens are counted.</summary>
    /// <param name="assistant">The assistant's own kernel.</param>
    /// <param name="scope">The scope's services.</param>
    /// <param name="count">Gets the tokens of each response of the model; may be called from several threads.</param>
    internal static Kernel ForScope(Kernel assistant, IServiceProvider scope, Action<UsageDetails> count)
    {
        var kernel = new Kernel(new KernelServices(new CountingChatClient(assistant.GetRequiredService<IChatClient>(), count), scope));
        // What was added to the assistant's own kernel and not registered.
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
