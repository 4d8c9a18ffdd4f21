using BlazorChat.Assistants;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Assistants;

/// <summary>A connector of Semantic Kernel that a host registers; here one that speaks OpenAI's chat completions, without what this application knows about them.</summary>
public sealed class ConnectorWire : OpenAIWire
{
    public override string Name => Connector;

    public override bool ReadsErrorEvents => false;

    public override bool ShowsPieces => false;

    protected override IEnumerable<IChatClientProvider> Providers(TimeProvider time, ILoggerFactory loggers) =>
    [
        new KernelChatClientProvider(Name, (kernel, options) =>
            kernel.AddOpenAIChatClient(options.Model!, OpenAIChatClient.Client(new Uri(options.Endpoint!), options.ApiKey, ProviderHttpHandler.CreateClient(time)))),
    ];
}
