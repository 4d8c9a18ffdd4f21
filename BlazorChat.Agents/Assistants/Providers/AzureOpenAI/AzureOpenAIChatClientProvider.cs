using System.ClientModel;
using System.ClientModel.Primitives;
using BlazorChat.Assistants.Providers.Connectors;
using BlazorChat.Assistants.Providers.OpenAI;
using Azure.AI.OpenAI;
using BlazorChat.Assistants.Providers.Streams;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants.Providers.AzureOpenAI;

/// <summary>
/// OpenAI's models in an Azure resource: the endpoint is the resource's address, the model is the name of a deployment. Signs in with a
/// key; for Azure identities, register a <see cref="KernelChatClientProvider"/>.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Creates the logger for what a server refuses.</param>
internal sealed class AzureOpenAIChatClientProvider(TimeProvider time, ILoggerFactory loggers) : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "AzureOpenAI";

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool RequiresEndpoint => true;

    /// <inheritdoc/>
    public bool RequiresApiKey(AssistantOptions options) => true;

    /// <inheritdoc/>
    public IEnumerable<string> NotSent(AssistantOptions options) => [nameof(ChatOptions.TopK)];

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options)
    {
        var server = ModelServer.Connect(options, ModelProtocol.Chat, time, loggers);
        // The guard handles timeouts and retries.
        var azure = new AzureOpenAIClient(new Uri(options.Endpoint!), new ApiKeyCredential(options.ApiKey!), new AzureOpenAIClientOptions
        {
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(server.Http),
        });
        var client = new OpenAIChatClient(KernelConnector.ToChatClient(kernel => kernel.AddAzureOpenAIChatClient(options.Model!, azure)), server, TokenLimitField.MaxCompletionTokens);
        return new SpeakerEnvelopeChatClient(client, name => !OpenAINames.Fits(name));
    }
}
