using BlazorChat.Assistants.Providers.OpenAI;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Connectors;

/// <summary>A connector that the host supplies. If it is one of OpenAI's, what it loses of a response is read as for the built-in provider (<see cref="OpenAIResponseReader"/>).</summary>
/// <param name="connector">Makes one request and runs no tools: see <see cref="KernelConnector"/>.</param>
/// <param name="server">Its connection, unless the host supplied another; disposed with this.</param>
internal sealed class ConnectorChatClient(IChatClient connector, ModelServer server) : DelegatingChatClient(connector)
{
    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAIResponseReader.ReadAsync(base.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ModelServer) && serviceKey is null ? server : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            server.Dispose();
        }
    }
}
