using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Anthropic;

/// <summary>
/// Completes Anthropic's own <see cref="IChatClient"/>: converts its exceptions to <see cref="ChatFailureException"/>, disposes of the
/// connection, repairs what the service would refuse (<see cref="AnthropicPrompt"/>), and reads thinking and tool calls from the events
/// (<see cref="AnthropicResponseReader"/>). Always streams.
/// </summary>
/// <param name="inner">The library's client.</param>
/// <param name="server">The connection; disposed with this.</param>
internal sealed class AnthropicChatClient(IChatClient inner, ModelServer server) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = AnthropicPrompt.Messages(messages);
        var response = new AnthropicResponseReader();
        var updates = base.GetStreamingResponseAsync(prompt, AnthropicPrompt.Options(options, prompt), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (AnthropicSseException exception)
                {
                    // Its own ErrorCode is not the error type that the protocol sends.
                    var (type, message) = ProviderMessage.Parse(exception.Body);
                    throw ChatFailures.ErrorEvent(type, message, exception);
                }
                catch (AnthropicInvalidDataException exception)
                {
                    throw ChatFailures.NotUnderstood(exception);
                }

                yield return response.Read(updates.Current);
            }
        }
    }

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
