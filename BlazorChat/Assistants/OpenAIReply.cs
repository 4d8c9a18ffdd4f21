using BlazorChat.Replies;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

// JsonPatch, the library's only way to what it does not model (reasoning, error events), may still change.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants;

/// <summary>Reads the chunks of one streamed chat completion. Ids, role and finish reason of a chunk hold for all after it.</summary>
internal sealed class OpenAIReply
{
    private readonly PendingToolCalls _calls = new();
    private readonly Dictionary<int, PendingToolCall> _callsByIndex = [];
    private ChatRole _role = ChatRole.Assistant;
    private string? _id;
    private string? _model;
    private DateTimeOffset? _createdAt;
    private ChatFinishReason? _finishReason;
    private UsageDetails? _usage;

    /// <summary>Whether the provider has said that the answer is complete.</summary>
    public bool IsFinished => _finishReason is not null;

    /// <summary>What a chunk says. Of tool calls only what people are shown of them: they are kept back until they are complete.</summary>
    /// <exception cref="ChatFailureException">The chunk is an error event.</exception>
    public ChatResponseUpdate Read(StreamingChatCompletionUpdate chunk)
    {
        if (chunk.Patch.Contains("$.error"u8) && chunk.Patch.TryGetJson("$.error"u8, out var error))
        {
            var (code, message) = ProviderMessage.Parse(error);
            throw ChatFailures.ErrorEvent(code, message);
        }

        _id ??= Text(chunk.CompletionId);
        _model ??= Text(chunk.Model);
        _createdAt ??= chunk.CreatedAt == default ? null : chunk.CreatedAt;
        _role = chunk.Role is { } role ? ToRole(role) : _role;
        _finishReason = chunk.FinishReason is { } reason ? ToFinishReason(reason) : _finishReason;

        var update = NewUpdate(chunk);
        AddReasoning(update, chunk);
        foreach (var part in chunk.ContentUpdate)
        {
            if (part.Kind == ChatMessageContentPartKind.Text && part.Text is { Length: > 0 } text)
            {
                update.Contents.Add(new TextContent(text));
            }
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

        // Some servers count along with every chunk: the last one has it all.
        _usage = chunk.Usage is { } usage ? ToUsage(usage) : _usage;
        if (_calls.Any && _finishReason is not null)
        {
            // Not the end of the answer for the reader until the calls are out: see End.
            update.FinishReason = null;
        }

        return update;
    }

    /// <summary>The library gave up at a finish reason that it does not know.</summary>
    /// <exception cref="ChatFailureException">The reason is that the provider failed.</exception>
    public void EndWithUnknownReason(ArgumentOutOfRangeException exception)
    {
        var value = exception.ActualValue as string;
        if (string.Equals(value, "error", StringComparison.OrdinalIgnoreCase))
        {
            throw ChatFailures.ErrorEvent(code: null, message: null, exception);
        }

        _finishReason = new ChatFinishReason(string.IsNullOrWhiteSpace(value) ? "unknown" : value);
    }

    /// <summary>What is left when the stream has ended: the usage and, with a finish reason, the tool calls, complete now. Null when nothing is left.</summary>
    public ChatResponseUpdate? End()
    {
        var update = NewUpdate(chunk: null);
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
            update.Contents.Add(new UsageContent(_usage));
        }

        return _finishReason is null && _usage is null ? null : update;
    }

    private ChatResponseUpdate NewUpdate(StreamingChatCompletionUpdate? chunk) => new(_role, [])
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = _model,
        CreatedAt = _createdAt,
        FinishReason = _finishReason,
        RawRepresentation = chunk,
    };

    /// <summary>The model's reasoning, which OpenAI's own servers keep to themselves: <c>reasoning_content</c> (llama.cpp, vLLM, DeepSeek) or <c>reasoning</c> (Ollama, OpenRouter).</summary>
    private static void AddReasoning(ChatResponseUpdate update, StreamingChatCompletionUpdate chunk)
    {
        if ((chunk.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? reasoning) && reasoning is { Length: > 0 })
            || (chunk.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out reasoning) && reasoning is { Length: > 0 }))
        {
            update.Contents.Add(new TextReasoningContent(reasoning));
        }
    }

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

    private static ChatRole ToRole(ChatMessageRole role) => role switch
    {
        ChatMessageRole.System => ChatRole.System,
        ChatMessageRole.User => ChatRole.User,
        ChatMessageRole.Tool => ChatRole.Tool,
        _ => ChatRole.Assistant,
    };

    private static ChatFinishReason ToFinishReason(OpenAI.Chat.ChatFinishReason reason) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        OpenAI.Chat.ChatFinishReason.ToolCalls or OpenAI.Chat.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };

    private static UsageDetails ToUsage(ChatTokenUsage usage) => new()
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
