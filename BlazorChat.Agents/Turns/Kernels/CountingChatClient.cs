using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Kernels;

/// <summary>Reports the usage of an assistant's model, so that a tool's own requests count for the response that the tool works for.</summary>
internal sealed class CountingChatClient(IChatClient inner, Action<UsageDetails> count) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (response.Usage is { } usage)
        {
            count(usage);
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (var content in update.Contents)
            {
                if (content is UsageContent usage)
                {
                    count(usage.Details);
                }
            }

            yield return update;
        }
    }
}
