using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Filters;

/// <summary>
/// Passes responses through a <see cref="ContentFilter"/>. What the filter holds back is released before the finish reason and before a
/// failure, because the text before a failure must be kept.
/// </summary>
/// <param name="inner">The next client of the pipeline.</param>
internal abstract class ContentFilterChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (sent, sentOptions) = Send(messages, options);
        var response = await base.GetResponseAsync(sent, sentOptions, cancellationToken).ConfigureAwait(false);
        response.RawRepresentation = null;
        for (var i = 0; i < response.Messages.Count; i++)
        {
            var message = response.Messages[i].Clone();
            var filter = CreateFilter();
            var contents = new List<AIContent>();
            foreach (var content in message.Contents)
            {
                filter.Add(content, contents);
            }

            filter.End(contents);
            message.Contents = contents;
            message.RawRepresentation = null;
            response.Messages[i] = message;
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (sent, sentOptions) = Send(messages, options);
        var filter = CreateFilter();
        ChatResponseUpdate? last = null;
        ExceptionDispatchInfo? failure = null;
        var updates = base.GetStreamingResponseAsync(sent, sentOptions, cancellationToken).GetAsyncEnumerator(cancellationToken);
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
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    failure = ExceptionDispatchInfo.Capture(Failure(exception));
                    break;
                }

                last = updates.Current;
                if (Filter(last, filter) is { } update)
                {
                    yield return update;
                }
            }
        }

        var rest = new List<AIContent>();
        filter.End(rest);
        if (rest.Count > 0)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, rest) { ResponseId = last?.ResponseId, MessageId = last?.MessageId, ModelId = last?.ModelId };
        }

        failure?.Throw();
    }

    /// <summary>Returns the messages and options to send. The given ones must not be changed.</summary>
    protected virtual (IEnumerable<ChatMessage> Messages, ChatOptions? Options) Send(IEnumerable<ChatMessage> messages, ChatOptions? options) => (messages, options);

    /// <summary>Returns the failure to throw instead of this one.</summary>
    protected virtual Exception Failure(Exception exception) => exception;

    /// <summary>Creates a filter for one response.</summary>
    protected abstract ContentFilter CreateFilter();

    private static ChatResponseUpdate? Filter(ChatResponseUpdate update, ContentFilter filter)
    {
        var contents = new List<AIContent>();
        foreach (var content in update.Contents)
        {
            filter.Add(content, contents);
        }

        if (update.FinishReason is not null)
        {
            filter.End(contents);
        }
        else if (contents.Count == 0 && update.Contents.Count > 0)
        {
            return null;
        }

        var copy = update.Clone();
        copy.Contents = contents;

        // The provider's own object still contains what was removed.
        copy.RawRepresentation = null;
        return copy;
    }
}
