using System.Runtime.CompilerServices;
using BlazorChat.Replies.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies.Kernels;

/// <summary>The assistant's model as a tool asks it: the tokens count for the answer that the tool works for.</summary>
internal sealed class CountingChatClient(IChatClient inner, ToolCallContext call) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (response.Usage is { } usage)
        {
            call.CountTokens(usage);
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
                    call.CountTokens(usage.Details);
                }
            }

            yield return update;
        }
    }
}
