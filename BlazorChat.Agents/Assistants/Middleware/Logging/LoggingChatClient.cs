using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Logging;

/// <summary>See <see cref="LoggingMiddleware"/>.</summary>
internal sealed partial class LoggingChatClient(IChatClient inner, string assistant, TimeProvider time, ILogger<LoggingChatClient> logger)
    : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToList();
        Sent(prompt, options);
        var began = time.GetTimestamp();
        try
        {
            var response = await base.GetResponseAsync(prompt, options, cancellationToken).ConfigureAwait(false);
            var contents = response.Messages.SelectMany(message => message.Contents).ToList();
            Came(began, null, Kinds(contents), response.FinishReason, Words(contents));
            return response;
        }
        catch (Exception exception) when (Failed(began, exception))
        {
            throw;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToList();
        Sent(prompt, options);
        var began = time.GetTimestamp();
        double? first = null;
        ChatFinishReason? finish = null;
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var words = logger.IsEnabled(LogLevel.Trace) ? new StringBuilder() : null;
        var updates = base.GetStreamingResponseAsync(prompt, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
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
                catch (Exception exception) when (Failed(began, exception))
                {
                    throw;
                }

                var update = updates.Current;
                finish = update.FinishReason ?? finish;
                foreach (var content in update.Contents)
                {
                    first ??= time.GetElapsedTime(began).TotalMilliseconds;
                    Count(kinds, content);
                    words?.Append(Words(content));
                }

                yield return update;
            }
        }

        Came(began, first, kinds, finish, words?.ToString() ?? "");
    }

    private static SortedDictionary<string, int> Kinds(IEnumerable<AIContent> contents)
    {
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var content in contents)
        {
            Count(kinds, content);
        }

        return kinds;
    }

    private static void Count(SortedDictionary<string, int> kinds, AIContent content)
    {
        var kind = content.GetType().Name;
        kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
    }

    private static string Words(IEnumerable<AIContent> contents) => string.Concat(contents.Select(Words));

    private static string Words(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent reasoning => reasoning.Text,
        FunctionCallContent call => $"[{call.Name}({string.Join(", ", call.Arguments?.Select(argument => $"{argument.Key}: {argument.Value}") ?? [])})]",
        FunctionResultContent result => $"[{result.Result}]",
        _ => "",
    };

    private void Sent(List<ChatMessage> messages, ChatOptions? options)
    {
        if (!logger.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        var kinds = Kinds(messages.SelectMany(message => message.Contents));
        LogSent(assistant, messages.Count, string.Join(", ", kinds), options?.Instructions?.Length ?? 0, options?.Tools?.Count ?? 0);
        if (logger.IsEnabled(LogLevel.Trace))
        {
            LogSentContents(assistant, options?.Instructions, string.Join('\n', messages.Select(message => $"{message.Role} {message.AuthorName}: {Words(message.Contents)}")));
        }
    }

    private void Came(long began, double? first, SortedDictionary<string, int> kinds, ChatFinishReason? finish, string words)
    {
        if (!logger.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        LogCame(assistant, time.GetElapsedTime(began).TotalMilliseconds, first, string.Join(", ", kinds), finish?.Value);
        if (logger.IsEnabled(LogLevel.Trace))
        {
            LogCameContents(assistant, words);
        }
    }

    /// <summary>An exception filter that logs. Always returns false.</summary>
    private bool Failed(long began, Exception exception)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            var kind = exception is ChatFailureException failure ? failure.Kind.ToString() : exception.GetType().Name;
            LogFailed(assistant, time.GetElapsedTime(began).TotalMilliseconds, kind);
        }

        return false;
    }

    [LoggerMessage(LogLevel.Debug, "{Assistant} is asked: {Messages} messages ({Kinds}), {Instructions} characters of instructions, {Tools} tools", SkipEnabledCheck = true)]
    private partial void LogSent(string assistant, int messages, string kinds, int instructions, int tools);

    [LoggerMessage(LogLevel.Trace, "{Assistant} is told {Instructions}\n{Contents}", SkipEnabledCheck = true)]
    private partial void LogSentContents(string assistant, string? instructions, string contents);

    [LoggerMessage(LogLevel.Debug, "{Assistant} responded in {Milliseconds} ms (first content after {First} ms): {Kinds}, finish reason {Finish}", SkipEnabledCheck = true)]
    private partial void LogCame(string assistant, double milliseconds, double? first, string kinds, string? finish);

    [LoggerMessage(LogLevel.Trace, "{Assistant} says {Contents}", SkipEnabledCheck = true)]
    private partial void LogCameContents(string assistant, string contents);

    [LoggerMessage(LogLevel.Debug, "{Assistant} failed after {Milliseconds} ms ({Kind})", SkipEnabledCheck = true)]
    private partial void LogFailed(string assistant, double milliseconds, string kind);
}
