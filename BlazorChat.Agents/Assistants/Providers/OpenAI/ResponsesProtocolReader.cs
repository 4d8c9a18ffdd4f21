using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

// The library's Responses client is experimental, and so is JsonPatch, its only access to what it does not model.
#pragma warning disable OPENAI001, SCME0001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>
/// Reads one streamed response of OpenAI's Responses from its events. The library's client does not report a response that failed or
/// reached a limit, passes on only complete calls, and loses encrypted reasoning. Not thread-safe.
/// </summary>
internal sealed class ResponsesProtocolReader
{
    private readonly PendingToolCalls _calls = new();
    private readonly Dictionary<int, PendingToolCall> _callsByIndex = [];

    // The items of the response whose text came in pieces, and the newest reasoning.
    private readonly HashSet<int> _toldItems = [];
    private (int Item, int Part)? _thought;
    private ChatFinishReason? _finishReason;

    /// <summary>The failure of the response, if its last event reported one. It is thrown after the usage has been read.</summary>
    public ChatFailureException? Failure { get; private set; }

    /// <summary>Reads an update; null if there is nothing to pass on.</summary>
    /// <exception cref="ChatFailureException">The update is an error, or exceeds a limit.</exception>
    public ChatResponseUpdate? Read(ChatResponseUpdate update)
    {
        if (update.RawRepresentation is not StreamingResponseUpdate given)
        {
            return null;
        }

        if (given.Patch.Contains("$.error"u8) && given.Patch.TryGetJson("$.error"u8, out var error))
        {
            var (code, message) = ProviderMessage.Parse(error);
            throw ChatFailures.ErrorEvent(code, message);
        }

        // No conversation is continued at the service.
        update.ConversationId = null;
        update.ContinuationToken = null;
        update.Contents = [.. update.Contents.Where(content => content is not (TextReasoningContent or FunctionCallContent or UsageContent) && content.GetType() != typeof(AIContent))];
        update.FinishReason = null;
        ReadEvent(update, given);
        return update;
    }

    private void ReadEvent(ChatResponseUpdate update, StreamingResponseUpdate given)
    {
        switch (given)
        {
            case StreamingResponseOutputTextDeltaUpdate text:
                _toldItems.Add(text.OutputIndex);
                break;
            case StreamingResponseRefusalDoneUpdate refusal:
                _toldItems.Add(refusal.OutputIndex);
                break;
            case StreamingResponseReasoningSummaryTextDeltaUpdate thought:
                Think(update.Contents, thought.OutputIndex, thought.SummaryIndex, thought.Delta);
                break;
            case StreamingResponseReasoningTextDeltaUpdate thought:
                Think(update.Contents, thought.OutputIndex, thought.ContentIndex, thought.Delta);
                break;
            case StreamingResponseOutputItemAddedUpdate { Item: FunctionCallResponseItem call } added:
                Append(update.Contents, Call(added.OutputIndex, call), "");
                break;
            case StreamingResponseFunctionCallArgumentsDeltaUpdate piece when _callsByIndex.TryGetValue(piece.OutputIndex, out var call):
                Append(update.Contents, call, piece.Delta.ToString());
                break;
            case StreamingResponseOutputItemDoneUpdate done:
                End(update.Contents, done.OutputIndex, done.Item);
                break;
            case StreamingResponseErrorUpdate error:
                throw ChatFailures.ErrorEvent(error.Code, error.Message);
            case StreamingResponseFailedUpdate failed:
                Finish(update, failed.Response, ResponseStatus.Failed);
                break;
            case StreamingResponseIncompleteUpdate incomplete:
                Finish(update, incomplete.Response, ResponseStatus.Incomplete);
                break;
            case StreamingResponseCompletedUpdate completed:
                Finish(update, completed.Response, completed.Response?.Status ?? ResponseStatus.Completed);
                break;
        }
    }

    private void Think(IList<AIContent> contents, int item, int part, string? text)
    {
        if (text is { Length: > 0 })
        {
            // Each part is a paragraph of its own; sealed reasoning begins anew anyway.
            contents.Add(new TextReasoningContent(_thought is { } before && before != (item, part) ? $"\n\n{text}" : text));
            _thought = (item, part);
            _toldItems.Add(item);
        }
    }

    private void End(IList<AIContent> contents, int index, ResponseItem item)
    {
        switch (item)
        {
            case FunctionCallResponseItem done:
                var call = Call(index, done);
                Append(contents, call, call.HasArguments ? "" : done.FunctionArguments?.ToString() ?? "");
                break;
            case ReasoningResponseItem reasoning:
                if (!_toldItems.Contains(index))
                {
                    Think(contents, index, 0, string.Join("\n\n", reasoning.SummaryParts.OfType<ReasoningSummaryTextPart>().Select(part => part.Text)));
                }

                if (reasoning.EncryptedContent is { Length: > 0 } encrypted)
                {
                    contents.Add(new TextReasoningContent("") { ProtectedData = encrypted });
                    _thought = null;
                }

                break;
            case MessageResponseItem message when !_toldItems.Contains(index):
                // Some servers send a message as a whole.
                foreach (var part in message.Content)
                {
                    contents.Add(part.Kind == ResponseContentPartKind.Refusal
                        ? new ErrorContent(part.Refusal) { ErrorCode = ChatFailures.RefusalCode }
                        : new TextContent(part.Text));
                }

                break;
        }
    }

    private PendingToolCall Call(int index, FunctionCallResponseItem item)
    {
        if (!_callsByIndex.TryGetValue(index, out var call))
        {
            _callsByIndex[index] = call = _calls.Add(string.IsNullOrEmpty(item.CallId) ? null : item.CallId);
            call.Name = string.IsNullOrEmpty(item.FunctionName) ? null : item.FunctionName;
        }

        return call;
    }

    private static void Append(IList<AIContent> contents, PendingToolCall call, string piece)
    {
        if (call.Append(piece) is { } delta)
        {
            contents.Add(delta);
        }
    }

    private void Finish(ChatResponseUpdate update, ResponseResult? response, ResponseStatus status)
    {
        if (_finishReason is not null)
        {
            // Usage that was already reported must not be counted twice.
            return;
        }

        if (response?.Usage is { } usage)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
                CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
                ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
            }));
        }

        if (status is ResponseStatus.Failed or ResponseStatus.Cancelled)
        {
            Failure = ChatFailures.ErrorEvent(response?.Error?.Code.ToString(), response?.Error?.Message);
            return;
        }

        var reason = status == ResponseStatus.Incomplete ? Limit(response?.IncompleteStatusDetails?.Reason) : ChatFinishReason.Stop;
        _finishReason = update.FinishReason = _calls.FinishReason(reason);
        foreach (var call in _calls.Complete(wasCut: reason == ChatFinishReason.Length))
        {
            update.Contents.Add(call);
        }
    }

    private static ChatFinishReason Limit(ResponseIncompleteStatusReason? reason) =>
        reason == ResponseIncompleteStatusReason.MaxOutputTokens ? ChatFinishReason.Length
        : reason == ResponseIncompleteStatusReason.ContentFilter ? ChatFinishReason.ContentFilter
        : new ChatFinishReason(reason?.ToString() is { Length: > 0 } other ? other : "incomplete");
}
