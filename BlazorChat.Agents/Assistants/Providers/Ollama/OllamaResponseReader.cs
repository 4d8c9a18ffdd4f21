using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;
using OllamaSharp.Models.Chat;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>Reads one streamed response from the lines that OllamaSharp has read. OllamaSharp gives every call a random id, and reports a count of 0 if there is none.</summary>
internal sealed class OllamaResponseReader
{
    private readonly PendingToolCalls _calls = new();
    private ChatFinishReason? _finishReason;
    private bool _hasText;

    /// <summary>Reads an update.</summary>
    /// <exception cref="ChatFailureException">The update is not part of a response, or exceeds a limit.</exception>
    public ChatResponseUpdate Read(ChatResponseUpdate update)
    {
        update.Role = Microsoft.Extensions.AI.ChatRole.Assistant;
        if (update.RawRepresentation is not ChatResponseStream line)
        {
            return update;
        }

        update.ModelId = line.Model.Length > 0 ? line.Model : null;
        update.Contents = [];
        if (line.Message.Thinking is { Length: > 0 } thinking)
        {
            update.Contents.Add(new TextReasoningContent(thinking));
        }

        if (line.Message.Content is { Length: > 0 } text)
        {
            _hasText = true;
            update.Contents.Add(new TextContent(text));
        }

        foreach (var call in line.Message.ToolCalls ?? [])
        {
            var pending = _calls.Add(call.Id is { Length: > 0 } id ? id : null);
            pending.Name = call.Function?.Name is { Length: > 0 } name ? name : null;
            if (pending.Append(call.Function?.Arguments?[OllamaLineRewriter.RawArguments]?.ToString() ?? "") is { } shown)
            {
                update.Contents.Add(shown);
            }
        }

        if (line is ChatDoneResponseStream done && _finishReason is null)
        {
            Finish(update, done);
        }

        update.FinishReason = _finishReason;
        return update;
    }

    private void Finish(ChatResponseUpdate update, ChatDoneResponseStream done)
    {
        var reason = done.DoneReason switch
        {
            null or "stop" => ChatFinishReason.Stop,
            "length" => ChatFinishReason.Length,

            // The server's reason after loading or unloading a model, if it was not asked anything.
            "load" or "unload" => _hasText || _calls.Any ? ChatFinishReason.Stop : throw ChatFailures.OnlyLoaded(),
            var other => new ChatFinishReason(other),
        };
        _finishReason = _calls.FinishReason(reason);
        foreach (var call in _calls.Complete(wasCut: reason == ChatFinishReason.Length))
        {
            update.Contents.Add(call);
        }

        if (done.PromptEvalCount > 0 || done.EvalCount > 0)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = done.PromptEvalCount > 0 ? done.PromptEvalCount : null,
                OutputTokenCount = done.EvalCount,
                TotalTokenCount = done.PromptEvalCount + done.EvalCount,
            }));
        }
    }
}
