using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Resilience;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Anthropic;

/// <summary>
/// Reads the thinking and tool calls of one streamed response from the events. The library passes on only complete calls, loses arguments
/// in the first event of a call, and does not distinguish encrypted from signed thinking once both are stored. Everything else that it has
/// read is passed on unchanged.
/// </summary>
internal sealed class AnthropicResponseReader
{
    /// <summary>The most characters of a thinking block's signature.</summary>
    private const int MaxSignatureCharacters = 1_000_000;

    private readonly PendingToolCalls _calls = new();
    private readonly Dictionary<long, PendingToolCall> _callsByIndex = [];
    private readonly Dictionary<long, string> _wholeArguments = [];
    private readonly Dictionary<long, StringBuilder> _signatures = [];
    private ChatFinishReason? _finishReason;

    /// <summary>Reads an update.</summary>
    /// <exception cref="ChatFailureException">The update cannot be understood, or exceeds a limit.</exception>
    public ChatResponseUpdate Read(ChatResponseUpdate update)
    {
        if (update.RawRepresentation is RawMessageStreamEvent { Json: { ValueKind: JsonValueKind.Object } json })
        {
            update.Contents = [.. update.Contents.Where(content => content is not (TextReasoningContent or FunctionCallContent))];
            ReadEvent(update, json);
        }

        update.FinishReason = _finishReason;
        return update;
    }

    private void ReadEvent(ChatResponseUpdate update, JsonElement json)
    {
        var index = json.TryGetProperty("index", out var number) && number.TryGetInt64(out var value) ? value : 0;
        switch (Text(json, "type"))
        {
            case "content_block_start" when Object(json, "content_block") is { } block:
                Start(update.Contents, index, block);
                break;
            case "content_block_delta" when Object(json, "delta") is { } delta:
                Continue(update.Contents, index, delta);
                break;
            case "content_block_stop":
                Stop(update.Contents, index);
                break;
            case "message_delta" when update.FinishReason is { } reason && _finishReason is null:
                Finish(update.Contents, reason);
                break;
        }
    }

    private void Start(IList<AIContent> contents, long index, JsonElement block)
    {
        switch (Text(block, "type"))
        {
            case "tool_use":
                var call = _calls.Add(Text(block, "id"));
                call.Name = Text(block, "name");
                _callsByIndex[index] = call;
                if (Object(block, "input") is { } input && input.EnumerateObject().Any())
                {
                    _wholeArguments[index] = input.GetRawText();
                }

                Add(contents, call.Append(""));
                break;
            case "thinking":
                _signatures[index] = new StringBuilder(Text(block, "signature"));
                AddThinking(contents, Text(block, "thinking"));
                break;
            case "redacted_thinking" when Text(block, "data") is { } data:
                contents.Add(new TextReasoningContent("") { ProtectedData = AnthropicPrompt.RedactedPrefix + data });
                break;
        }
    }

    private void Continue(IList<AIContent> contents, long index, JsonElement delta)
    {
        switch (Text(delta, "type"))
        {
            case "input_json_delta" when _callsByIndex.TryGetValue(index, out var call):
                Add(contents, call.Append(Text(delta, "partial_json") ?? ""));
                break;
            case "thinking_delta":
                AddThinking(contents, Text(delta, "thinking"));
                break;
            case "signature_delta" when _signatures.TryGetValue(index, out var signature):
                signature.Append(Text(delta, "signature"));
                if (signature.Length > MaxSignatureCharacters)
                {
                    throw ChatFailures.TooLong(MaxSignatureCharacters);
                }

                break;
        }
    }

    private void Stop(IList<AIContent> contents, long index)
    {
        if (_signatures.Remove(index, out var signature) && signature.Length > 0)
        {
            contents.Add(new TextReasoningContent("") { ProtectedData = signature.ToString() });
        }

        if (_callsByIndex.Remove(index, out var call) && _wholeArguments.Remove(index, out var arguments) && !call.HasArguments)
        {
            Add(contents, call.Append(arguments));
        }
    }

    private void Finish(IList<AIContent> contents, ChatFinishReason reason)
    {
        _finishReason = _calls.FinishReason(reason);
        foreach (var call in _calls.Complete(wasCut: reason == ChatFinishReason.Length))
        {
            contents.Add(call);
        }
    }

    private static void AddThinking(IList<AIContent> contents, string? text)
    {
        if (text is not null)
        {
            contents.Add(new TextReasoningContent(text));
        }
    }

    private static void Add(IList<AIContent> contents, AIContent? content)
    {
        if (content is not null)
        {
            contents.Add(content);
        }
    }

    private static JsonElement? Object(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>A non-empty text, or null.</summary>
    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair.
            throw ChatFailures.NotUnderstood(exception);
        }
    }
}
