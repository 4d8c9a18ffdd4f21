using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

// JsonPatch, the library's only access to what it does not model (reasoning, error events), is experimental.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// Reads from the chunks of one streamed response what the connector loses: refusals, error events, <c>reasoning</c>, pieces of calls,
/// calls that share an index or an id, and cumulative usage. Everything else that it has read is passed on unchanged.
/// </summary>
internal sealed class OpenAIResponseReader
{
    private readonly PendingToolCalls _calls = new();
    private readonly Dictionary<int, PendingToolCall> _callsByIndex = [];
    private ChatResponseUpdate? _last;
    private ChatFinishReason? _finishReason;
    private UsageContent? _usage;
    private string? _unknownReason;
    private bool _said;

    private OpenAIResponseReader()
    {
    }

    /// <summary>Reads a response. Updates that are not OpenAI's pass unchanged.</summary>
    /// <param name="connector">The updates of the connector.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ChatFailureException">The provider reports an error, or its finish reason is a failure.</exception>
    public static async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        IAsyncEnumerable<ChatResponseUpdate> connector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var response = new OpenAIResponseReader();
        var updates = connector.GetAsyncEnumerator(cancellationToken);
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
                catch (ArgumentOutOfRangeException exception) when (exception.Message.Contains("ChatFinishReason", StringComparison.Ordinal))
                {
                    // The library does not know the finish reason and cannot continue after it: a host's own client has nothing below it
                    // that repairs the stream.
                    response.SetUnknownReason(exception.ActualValue as string, exception);
                    break;
                }
                catch (Exception exception) when (response._finishReason is not null && exception is IOException or HttpRequestException)
                {
                    // The response is complete; only the tool calls remain to be passed on.
                    break;
                }

                if (response.Read(updates.Current) is { } update)
                {
                    yield return update;
                }
            }
        }

        if (response.End() is { } last)
        {
            yield return last;
        }
    }

    /// <summary>Reads an update; null if there is nothing to pass on. Calls are held back until they are complete; people see their pieces.</summary>
    /// <exception cref="ChatFailureException">The update is an error event.</exception>
    private ChatResponseUpdate? Read(ChatResponseUpdate update)
    {
        if (update.RawRepresentation is not StreamingChatCompletionUpdate chunk)
        {
            return _last is null ? update : ReadBehindChunk(update);
        }

        if (chunk.Patch.Contains("$.error"u8) && chunk.Patch.TryGetJson("$.error"u8, out var error))
        {
            var (code, message) = ProviderMessage.Parse(error);
            throw ChatFailures.ErrorEvent(code, message);
        }

        _last = update;
        _finishReason = update.FinishReason ?? _finishReason;
        for (var i = update.Contents.Count - 1; i >= 0; i--)
        {
            if (update.Contents[i] is UsageContent usage)
            {
                // Some servers send cumulative usage with every chunk: the last one is the total.
                _usage = usage;
                update.Contents.RemoveAt(i);
            }
        }

        // The connector reads reasoning_content. Ollama and OpenRouter use this name.
        if (chunk.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out string? reasoning) && reasoning is { Length: > 0 }
            && !update.Contents.Any(content => content is TextReasoningContent))
        {
            update.Contents.Insert(0, new TextReasoningContent(reasoning));
        }

        if (chunk.RefusalUpdate is { Length: > 0 } refusal)
        {
            update.Contents.Add(new ErrorContent(refusal) { ErrorCode = ChatFailures.RefusalCode });
        }

        foreach (var fragment in chunk.ToolCallUpdates)
        {
            if (AddFragment(fragment) is { } delta)
            {
                update.Contents.Add(delta);
            }
        }

        ReadUnknownReason(chunk, update);
        if (_calls.Any && _finishReason is not null)
        {
            // For the reader, the response must not end before the calls are passed on: see End.
            update.FinishReason = null;
        }

        return update;
    }

    /// <summary>Reads an update that is not one of the server's chunks: the connector's own reading of the calls, or an addition of a host's middleware.</summary>
    private ChatResponseUpdate? ReadBehindChunk(ChatResponseUpdate update)
    {
        _finishReason = update.FinishReason ?? _finishReason;
        update.FinishReason = null;
        for (var i = update.Contents.Count - 1; i >= 0; i--)
        {
            if (update.Contents[i] is UsageContent usage)
            {
                _usage = usage;
            }
            else if (update.Contents[i] is not FunctionCallContent || !_calls.Any)
            {
                continue;
            }

            update.Contents.RemoveAt(i);
        }

        return update.Contents.Count > 0 ? update : null;
    }

    /// <summary>What remains at the end of the stream: the usage and, with a finish reason, the complete tool calls. Null if nothing remains.</summary>
    /// <exception cref="ChatFailureException">The provider's finish reason is a failure.</exception>
    private ChatResponseUpdate? End()
    {
        if (_finishReason is null && _unknownReason is { } unknown && (_said || unknown.Length > 0))
        {
            SetUnknownReason(unknown, cause: null);
        }

        if (_finishReason is null && _usage is null)
        {
            return null;
        }

        var update = new ChatResponseUpdate(_last?.Role ?? ChatRole.Assistant, [])
        {
            ResponseId = _last?.ResponseId, MessageId = _last?.MessageId, ModelId = _last?.ModelId, CreatedAt = _last?.CreatedAt,
        };
        if (_finishReason is { } reason)
        {
            update.FinishReason = _calls.FinishReason(reason);
            foreach (var call in _calls.Complete(wasCut: reason == ChatFinishReason.Length))
            {
                update.Contents.Add(call);
            }
        }

        if (_usage is not null)
        {
            update.Contents.Add(_usage);
        }

        return update;
    }

    /// <summary>Reads a finish reason that the library does not know (see <see cref="ChatChunkRewriter"/>).</summary>
    private void ReadUnknownReason(StreamingChatCompletionUpdate chunk, ChatResponseUpdate update)
    {
        var says = update.Contents.Any(content => content is not TextContent { Text.Length: 0 });
        _said |= says;
        var given = chunk.Patch.TryGetValue("$.choices[0].finish_reason_given"u8, out string? value) ? value : null;
        if (given is { Length: > 0 } && !IsError(given))
        {
            _finishReason ??= new ChatFinishReason(given);
        }

        // Some servers write an empty reason into every chunk. It ends a response only if nothing comes with it or after it.
        if (says || given is not null)
        {
            _unknownReason = says && given is "" ? null : given;
        }
    }

    private void SetUnknownReason(string? value, Exception? cause)
    {
        if (IsError(value))
        {
            throw ChatFailures.ErrorEvent(code: null, message: null, cause);
        }

        _finishReason ??= new ChatFinishReason(string.IsNullOrWhiteSpace(value) ? "unknown" : value);
    }

    private static bool IsError(string? reason) => string.Equals(reason, "error", StringComparison.OrdinalIgnoreCase);

    private ToolCallDeltaContent? AddFragment(StreamingChatToolCallUpdate fragment)
    {
        var id = Text(fragment.ToolCallId);
        var name = Text(fragment.FunctionName);
        var arguments = fragment.FunctionArgumentsUpdate is { } piece && !piece.ToMemory().IsEmpty ? piece.ToString() : "";
        if (!_callsByIndex.TryGetValue(fragment.Index, out var call) || IsAnother(call, id, name, arguments))
        {
            call = _calls.Add(id);
            _callsByIndex[fragment.Index] = call;
        }

        call.Name = IsRestOfName(call, id, name) ? call.Name + name : call.Name ?? name;
        call.ProviderId ??= id;
        return call.Append(arguments);
    }

    /// <summary>
    /// Whether a fragment begins another call although it has the same index: some servers give all calls one index. Id and name come with
    /// the first fragment only, or with every fragment. Some servers give every call the same id, or none.
    /// </summary>
    private static bool IsAnother(PendingToolCall call, string? id, string? name, string arguments) =>
        (id is not null && call.ProviderId is not null && call.ProviderId != id)
        || (name is not null && call.Name is not null && !IsRestOfName(call, id, name) && (call.Name != name || call.IsFollowedBy(arguments)));

    // Some servers split even the name. What follows has no id then, although the first piece had one.
    private static bool IsRestOfName(PendingToolCall call, string? id, string? name) =>
        name is not null && call.Name is not null && call.Name != name && id is null && call.ProviderId is not null && !call.HasArguments;

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
