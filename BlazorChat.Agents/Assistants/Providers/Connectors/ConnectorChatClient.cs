using BlazorChat.Assistants.Providers.OpenAI;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Connectors;

/// <summary>A connector that a host brought. What one of OpenAI's loses of a response is read as from the built-in one (<see cref="OpenAIResponseReader"/>).</summary>
/// <param name="connector">Makes one request and runs nothing: see <see cref="KernelConnector"/>.</param>
/// <param name="http">What it sends with unless the host gave it something else; disposed with this.</param>
internal sealed class ConnectorChatClient(IChatClient connector, HttpClient http) : DelegatingChatClient(connector)
{
    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAIResponseReader.ReadAsync(base.GetStreamingResponseAsync(messages, options, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            http.Dispose();
        }
    }
}
