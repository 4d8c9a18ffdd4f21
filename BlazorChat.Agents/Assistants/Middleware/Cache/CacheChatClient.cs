using System.Runtime.CompilerServices;
using System.Text.Json;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>
/// See <see cref="CacheMiddleware"/>. Keeps responses that ended normally: none that failed, was stopped or was cut, and none with contents
/// of unknown types. A replayed response has no usage: it costs nothing.
/// </summary>
internal sealed class CacheChatClient(IChatClient inner, string assistant, bool keepsToolCalls, ResponseStore store) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToList();
        var room = Property(options, TurnProperties.Room) as Guid?;
        var key = CacheKey.Of(assistant, room, prompt, options);
        if (key is not null && Property(options, TurnProperties.Fresh) is not true && store.Find(key) is { } stored)
        {
            foreach (var update in Replay(stored))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return update;
            }

            yield break;
        }

        var forgotten = store.Forgotten;
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in base.GetStreamingResponseAsync(prompt, options, cancellationToken).ConfigureAwait(false))
        {
            if (key is not null)
            {
                updates.Add(update);
            }

            yield return update;
        }

        if (key is not null && ToStore(updates) is { } response)
        {
            store.Put(key, room!.Value, response, forgotten);
        }
    }

    private static object? Property(ChatOptions? options, string name) => options?.AdditionalProperties?.GetValueOrDefault(name);

    private static IEnumerable<ChatResponseUpdate> Replay(StoredResponse stored)
    {
        var id = Guid.CreateVersion7().ToString();
        foreach (var piece in stored.Contents.SelectMany(ContentPieces.Of))
        {
            // A call needs a new id, because its result is found by it.
            var content = piece is FunctionCallContent call
                ? new FunctionCallContent($"call_{Guid.NewGuid():N}", call.Name, call.Arguments is null ? null : new Dictionary<string, object?>(call.Arguments, StringComparer.Ordinal))
                : piece;
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { ResponseId = id, MessageId = id, ModelId = stored.ModelId };
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, []) { ResponseId = id, MessageId = id, ModelId = stored.ModelId, FinishReason = stored.FinishReason };
    }

    private StoredResponse? ToStore(List<ChatResponseUpdate> updates)
    {
        var finish = updates.Select(update => update.FinishReason).LastOrDefault(reason => reason is not null);
        if (finish is not { } reason || (reason != ChatFinishReason.Stop && reason != ChatFinishReason.ToolCalls))
        {
            return null;
        }

        var kept = new List<ChatResponseUpdate>();
        var characters = 0L;
        foreach (var update in updates)
        {
            var contents = new List<AIContent>();
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case UsageContent or ResponseNoteContent or ToolCallDeltaContent:
                        continue;
                    case TextContent text:
                        characters += text.Text.Length;
                        break;
                    case TextReasoningContent reasoning:
                        characters += reasoning.Text.Length + (reasoning.ProtectedData?.Length ?? 0);
                        break;
                    case FunctionCallContent { Exception: null } call when keepsToolCalls:
                        characters += JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions).Length;
                        break;
                    default:
                        return null;
                }

                contents.Add(content);
            }

            kept.Add(new ChatResponseUpdate(ChatRole.Assistant, contents) { ModelId = update.ModelId });
        }

        // Joins the pieces of text.
        var response = kept.ToChatResponse();
        var whole = response.Messages.SelectMany(message => message.Contents).ToList();
        return whole.Count == 0 ? null : new StoredResponse(whole, reason, response.ModelId, (int)Math.Min(characters, int.MaxValue));
    }
}
