using BlazorChat.Samples;
using BlazorChat.Tests.Assistants.Providers.OpenAI;

namespace BlazorChat.Tests.Assistants.Providers.Connectors;

/// <summary>A connector of Semantic Kernel that a host registers, as the samples do it: one that speaks OpenAI's chat completions.</summary>
public sealed class ConnectorWire : OpenAIWire
{
    public override string Name => ConnectorProvider.ProviderName;
}
