using BlazorChat.Assistants;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A connector of Semantic Kernel as a provider.</summary>
public static class ConnectorProvider
{
    /// <summary>What assistants name it.</summary>
    public const string ProviderName = "Connector";

    /// <summary>Makes the provider, to be registered as a singleton.</summary>
    public static IChatClientProvider Create() => new KernelChatClientProvider(ProviderName, (kernel, options) =>
        kernel.AddOpenAIChatClient(options.Model!, new Uri(options.Endpoint!), options.ApiKey));
}
