using BlazorChat.Replies.Tools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Replies.Kernels;

/// <summary>
/// The kernels of assistants. Each has one chat service, the assistant's whole pipeline, and what the application has registered:
/// its services, plugins and filters.
/// </summary>
public static class AssistantKernel
{
    /// <summary>Makes the kernel of an assistant, once at start. It runs no tools by itself: the turn does.</summary>
    /// <param name="client">The assistant's model with all that stands around it.</param>
    /// <param name="services">The application's services, or null for none.</param>
    public static Kernel Create(IChatClient client, IServiceProvider? services = null) => new(new KernelServices(client, services));

    /// <summary>The kernel of one call of a tool: with the services of the call's scope, and a model whose tokens count for the answer.</summary>
    internal static Kernel ForCall(Kernel assistant, IServiceProvider scope, ToolCallContext call)
    {
        var kernel = new Kernel(new KernelServices(new CountingChatClient(assistant.GetRequiredService<IChatClient>(), call), scope));
        foreach (var filter in assistant.FunctionInvocationFilters.Except(kernel.FunctionInvocationFilters).ToList())
        {
            // Added to the assistant's own kernel, not registered.
            kernel.FunctionInvocationFilters.Add(filter);
        }

        kernel.AutoFunctionInvocationFilters.Add(NeedsApprovalFilter.Instance);
        return kernel;
    }
}
