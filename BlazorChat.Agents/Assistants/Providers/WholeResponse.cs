using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers;

/// <summary>Collects a stream into one response, without contents that are only for people who watch it.</summary>
internal static class WholeResponse
{
    public static async Task<ChatResponse> FromAsync(IAsyncEnumerable<ChatResponseUpdate> stream)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in stream.ConfigureAwait(false))
        {
            if (update.Contents is [ResponseNoteContent])
            {
                continue;
            }

            if (update.Contents.Any(content => content is ToolCallDeltaContent))
            {
                update.Contents = [.. update.Contents.Where(content => content is not ToolCallDeltaContent)];
            }

            updates.Add(update);
        }

        return updates.ToChatResponse();
    }
}
