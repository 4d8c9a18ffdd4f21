using System.Text;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Assistants;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants;

/// <summary>What came out of a stream, however it ended.</summary>
public sealed class Reading
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();

    public string Text => _text.ToString();

    public string Reasoning => _reasoning.ToString();

    public List<ChatResponseUpdate> Updates { get; } = [];

    public List<RetryNoticeContent> Notices { get; } = [];

    public List<FunctionCallContent> Calls { get; } = [];

    public List<ToolCallDeltaContent> Deltas { get; } = [];

    public UsageDetails? Usage { get; private set; }

    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>The one exception that a guarded client ends with; null when it ended well.</summary>
    public ChatFailureException? Failure { get; private set; }

    public bool WasStopped { get; private set; }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="onUpdate">Called after each update.</param>
    public static async Task<Reading> ToEndAsync(IAsyncEnumerable<ChatResponseUpdate> stream, Action<Reading>? onUpdate = null)
    {
        var reading = new Reading();
        await reading.ReadAsync(stream, onUpdate).Soon();
        return reading;
    }

    /// <summary>What people saw of a call's arguments while they came.</summary>
    public string Shown(string callId) => string.Concat(Deltas.Where(delta => delta.CallId == callId).Select(delta => delta.Arguments));

    /// <summary>
    /// What is kept of a step and sent back in the next one: reasoning in the blocks in which it came (what a provider wants back
    /// ends a block), text, and calls; made anew from texts, as from a database.
    /// </summary>
    public ChatMessage Kept()
    {
        var contents = new List<AIContent>();
        foreach (var content in Updates.SelectMany(update => update.Contents))
        {
            switch (content)
            {
                case TextReasoningContent reasoning when contents is [.., TextReasoningContent { ProtectedData: null } open]:
                    open.Text += reasoning.Text;
                    open.ProtectedData = reasoning.ProtectedData;
                    break;
                case TextReasoningContent reasoning:
                    contents.Add(new TextReasoningContent(reasoning.Text) { ProtectedData = reasoning.ProtectedData });
                    break;
                case TextContent text when contents is [.., TextContent open]:
                    open.Text += text.Text;
                    break;
                case TextContent text:
                    contents.Add(new TextContent(text.Text));
                    break;
                case FunctionCallContent call:
                    contents.Add(new FunctionCallContent(call.CallId, call.Name, call.Arguments));
                    break;
            }
        }

        return new ChatMessage(ChatRole.Assistant, contents);
    }

    private async Task ReadAsync(IAsyncEnumerable<ChatResponseUpdate> stream, Action<Reading>? onUpdate)
    {
        try
        {
            await foreach (var update in stream)
            {
                Add(update);
                onUpdate?.Invoke(this);
            }
        }
        catch (ChatFailureException exception)
        {
            Failure = exception;
        }
        catch (OperationCanceledException)
        {
            WasStopped = true;
        }
    }

    private void Add(ChatResponseUpdate update)
    {
        Updates.Add(update);
        FinishReason = update.FinishReason ?? FinishReason;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    _text.Append(text.Text);
                    break;
                case TextReasoningContent reasoning:
                    _reasoning.Append(reasoning.Text);
                    break;
                case RetryNoticeContent notice:
                    Notices.Add(notice);
                    break;
                case ToolCallDeltaContent delta:
                    Deltas.Add(delta);
                    break;
                case FunctionCallContent call:
                    Calls.Add(call);
                    break;
                case UsageContent usage:
                    Usage ??= new UsageDetails();
                    Usage.Add(usage.Details);
                    break;
            }
        }
    }
}
