using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

// IChatClientSelector is experimental.
#pragma warning disable SKEXP0001

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// The services that a kernel finds: the assistant's chat service, other registered chat services, and otherwise the application's
/// services. Prompt functions get the chat client: the kernel would prefer the older kind of service, which loses reasoning and usage.
/// </summary>
internal sealed class KernelServices(IChatClient client, IServiceProvider? services) : IServiceProvider, IKeyedServiceProvider, IAIServiceSelector, IChatClientSelector
{
    private IChatCompletionService? _completion;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IChatClient) ? client
        : serviceType == typeof(IChatCompletionService) ? Completion
        : serviceType == typeof(IAIServiceSelector) ? this
        : serviceType == typeof(IEnumerable<IChatClient>) ? new[] { client }
        : serviceType == typeof(IEnumerable<IChatCompletionService>) ? new[] { Completion }
        : services is not null ? services.GetService(serviceType)
        : serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(IEnumerable<>) ? Array.CreateInstance(serviceType.GetGenericArguments()[0], 0)
        : null;

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        serviceKey is null ? GetService(serviceType) : (services as IKeyedServiceProvider)?.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        GetKeyedService(serviceType, serviceKey) ?? throw new InvalidOperationException($"There is no service {serviceType} with the key '{serviceKey}'.");

    public bool TrySelectAIService<T>(Kernel kernel, KernelFunction function, KernelArguments arguments, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? service, out PromptExecutionSettings? serviceSettings)
        where T : class, IAIService
    {
        (service, serviceSettings) = (null, null);
        return false;
    }

    public bool TrySelectChatClient<T>(Kernel kernel, KernelFunction function, KernelArguments arguments, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? service, out PromptExecutionSettings? serviceSettings)
        where T : class, IChatClient
    {
        service = client as T;
        serviceSettings = (arguments.ExecutionSettings ?? function.ExecutionSettings)?.Values.FirstOrDefault();
        return service is not null;
    }

    private IChatCompletionService Completion => _completion ??= client.AsChatCompletionService();
}
