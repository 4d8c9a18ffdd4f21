using BlazorChat.Assistants.Providers.AzureOpenAI;
using BlazorChat.Tests.Assistants.Providers.OpenAI;

namespace BlazorChat.Tests.Assistants.Providers.AzureOpenAI;

/// <summary>OpenAI's chat completions as a resource of Azure serves them.</summary>
public sealed class AzureWire : OpenAIWire
{
    public override string Name => AzureOpenAIChatClientProvider.ProviderName;

    public override string Path => "/openai/deployments/test-model/chat/completions";

    public override bool NamesSpeakers => true;

    public override Uri Endpoint(Uri address) => address;
}
