using BlazorChat.Assistants;

namespace BlazorChat.Tests.Assistants;

/// <summary>OpenAI's chat completions as a resource of Azure serves them.</summary>
public sealed class AzureWire : OpenAIWire
{
    public override string Name => AzureOpenAIChatClientProvider.ProviderName;

    public override string Path => "/openai/deployments/test-model/chat/completions";

    public override bool NamesSpeakers => true;

    public override Uri Endpoint(Uri address) => address;
}
