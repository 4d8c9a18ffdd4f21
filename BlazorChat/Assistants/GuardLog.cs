namespace BlazorChat.Assistants;

/// <summary>What the guard logs: no contents, no provider messages.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Request to the model failed ({Kind}, status {StatusCode}, attempt {Attempt}); repeating it in {Delay}")]
    public static partial void Retrying(ILogger logger, ChatFailureKind kind, int? statusCode, int attempt, TimeSpan delay);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Answer failed ({Kind}, status {StatusCode}, attempt {Attempt}, first token seen: {Started}, caused by {Cause})")]
    public static partial void Failed(ILogger logger, ChatFailureKind kind, int? statusCode, int attempt, bool started, string? cause);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A chat client failed in a way that nobody foresaw")]
    public static partial void Unforeseen(ILogger logger, Exception exception);
}
