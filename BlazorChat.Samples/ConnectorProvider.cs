using BlazorChat.Assistants;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A Semantic Kernel connector as a provider.</summary>
public static class ConnectorProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "Connector";

    /// <summary>Creates the provider; register it as a singleton.</summary>
    public static IChatClientProvider Create() => new KernelChatClientProvider(ProviderName, (kernel, options) =>
        kernel.AddOpenAIChatClient(options.Model!, new Uri(options.Endpoint!), options.ApiKey));
}
