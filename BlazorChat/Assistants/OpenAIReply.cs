using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

// JsonPatch, the library's only way to what it does not model (reasoning, error events), may still change.
#pragma warning disable SCME0001

namespace BlazorChat.Assistants;

/// <summary>Reads the chunks of one streamed chat completion. Ids, role and finish reason of a chunk hold for all after it.</summary>
internal sealed class OpenAIReply
{
    /// <summary>The most characters of one tool call's arguments.</summary>
    private const int MaxArgumentCharacters = 1_000_000;

    private readonly List<PendingCall> _calls = [];
    private readonly Dictionary<int, PendingCall> _callsByIndex = [];
    private ChatRole _role = ChatRole.Assistant;
    private string? _id;
    private string? _model;
    private DateTimeOffset? _createdAt;
    private ChatFinishReason? _finishReason;

    /// <summary>What a chunk says. Tool calls are kept back until they are complete.</summary>
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
            AddFragment(fragment);
        }

        if (chunk.Usage is { } usage)
        {
            update.Contents.Add(new UsageContent(ToUsage(usage)));
        }

        if (_calls.Count > 0 && _finishReason is not null)
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

    /// <summary>What is left when the stream has ended: the tool calls, complete now; or only an unknown finish reason. Null without a finish reason: then nothing is complete.</summary>
    public ChatResponseUpdate? End()
    {
        if (_finishReason is null)
        {
            return null;
        }

        if (_calls.Count > 0 && _finishReason != ChatFinishReason.Length)
        {
            // Some servers say "stop" after tool calls.
            _finishReason = ChatFinishReason.ToolCalls;
        }

        var update = NewUpdate(chunk: null);
        foreach (var call in _calls)
        {
            update.Contents.Add(call.ToContent());
        }

        return update;
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

    private void AddFragment(StreamingChatToolCallUpdate fragment)
    {
        // Id and name come with the first fragment only. Some servers give every call the same index: a new id is a new call.
        if (!_callsByIndex.TryGetValue(fragment.Index, out var call)
            || (Text(fragment.ToolCallId) is { } id && call.Id is not null && call.Id != id))
        {
            call = new PendingCall(_calls.Count);
            _calls.Add(call);
            _callsByIndex[fragment.Index] = call;
        }

        call.Id ??= Text(fragment.ToolCallId);
        call.Name ??= Text(fragment.FunctionName);
        if (fragment.FunctionArgumentsUpdate is { } arguments && !arguments.ToMemory().IsEmpty)
        {
            call.Arguments.Append(arguments.ToString());
            if (call.Arguments.Length > MaxArgumentCharacters)
            {
                throw ChatFailures.TooLong(MaxArgumentCharacters);
            }
        }
    }

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

    /// <summary>A tool call whose fragments are still coming.</summary>
    private sealed class PendingCall(int number)
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();

        /// <summary>Arguments that are no JSON object are in <see cref="FunctionCallContent.Exception"/>: the tool loop tells the model.</summary>
        public FunctionCallContent ToContent() =>
            FunctionCallContent.CreateFromParsedArguments(Arguments.ToString(), Id ?? $"call_{number}", Name ?? "", Parse);

        private static Dictionary<string, object?>? Parse(string arguments) =>
            arguments.Length == 0
                ? []
                : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments, AIJsonUtilities.DefaultOptions);
    }
}
