using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

// JsonPatch, the library's only way to what it does not model (reasoning, error events), may still change.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// Reads from the chunks of one streamed answer what the connector loses: refusals, error events, <c>reasoning</c>, pieces of
/// calls, calls that share an index or an id, usage that counts along. All else it has read is passed on as it is.
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

    /// <summary>Reads a response. What is none of OpenAI's passes as it is.</summary>
    /// <param name="connector">What the connector has read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ChatFailureException">The provider reports an error, or its last word was that it failed.</exception>
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
                    // The library does not know the finish reason, and cannot go on after it: a host's client has nothing below it
                    // that mends the stream.
                    response.SetUnknownReason(exception.ActualValue as string, exception);
                    break;
                }
                catch (Exception exception) when (response._finishReason is not null && exception is IOException or HttpRequestException)
                {
                    // All of the response had come; the tool calls are still to be told.
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

    /// <summary>What an update says; null when nothing. Of calls only what people are shown of them: they are kept back until they are complete.</summary>
    /// <exception cref="ChatFailureException">It is an error event.</exception>
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
                // Some servers count along with every chunk: the last one has it all.
                _usage = usage;
                update.Contents.RemoveAt(i);
            }
        }

        // reasoning_content is read by the connector; Ollama and OpenRouter call it so.
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
            // Not the end of the response for the reader until the calls are out: see End.
            update.FinishReason = null;
        }

        return update;
    }

    /// <summary>What is no chunk of the server's and comes behind one: the connector's own reading of the calls, or what a host's middleware adds.</summary>
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

    /// <summary>What is left when the stream has ended: the usage and, with a finish reason, the tool calls, complete now. Null when nothing is left.</summary>
    /// <exception cref="ChatFailureException">The provider's last word was that it failed.</exception>
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

    /// <summary>Reads a reason that was put aside for the library's sake (<see cref="EventMender"/>).</summary>
    private void ReadUnknownReason(StreamingChatCompletionUpdate chunk, ChatResponseUpdate update)
    {
        var says = update.Contents.Any(content => content is not TextContent { Text.Length: 0 });
        _said |= says;
        var given = chunk.Patch.TryGetValue("$.choices[0].finish_reason_given"u8, out string? value) ? value : null;
        if (given is { Length: > 0 } && !IsError(given))
        {
            _finishReason ??= new ChatFinishReason(given);
        }

        // Some servers write an empty one into every chunk. It ends a response only where nothing comes with it or after it.
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

        call.ProviderId ??= id;
        call.Name ??= name;
        return call.Append(arguments);
    }

    /// <summary>
    /// Whether a fragment begins another call though it has the index of this one, as all calls of some servers do. Id and
    /// name come with the first fragment only, or with each of them; some servers give every call the same id, or none.
    /// </summary>
    private static bool IsAnother(PendingToolCall call, string? id, string? name, string arguments) =>
        (id is not null && call.ProviderId is not null && call.ProviderId != id)
        || (name is not null && call.Name is not null && (call.Name != name || call.IsFollowedBy(arguments)));

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
