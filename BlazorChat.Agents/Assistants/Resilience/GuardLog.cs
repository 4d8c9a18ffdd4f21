namespace BlazorChat.Assistants.Resilience;

/// <summary>Log messages of the guard: no contents, no provider messages.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(LogLevel.Information, "Request to the model failed ({Kind}, status {StatusCode}, attempt {Attempt}); retrying in {Delay}")]
    public static partial void Retrying(ILogger logger, ChatFailureKind kind, int? statusCode, int attempt, TimeSpan delay);

    [LoggerMessage(LogLevel.Warning, "Response failed ({Kind}, status {StatusCode}, attempt {Attempt}, first token seen: {Started}, caused by {Cause})")]
    public static partial void Failed(ILogger logger, ChatFailureKind kind, int? statusCode, int attempt, bool started, string? cause);

    [LoggerMessage(LogLevel.Error, "A chat client failed with an unexpected exception")]
    public static partial void Unforeseen(ILogger logger, Exception exception);
}
