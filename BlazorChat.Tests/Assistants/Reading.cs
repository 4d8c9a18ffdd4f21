using System.Text;
using BlazorChat.Assistants;
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
