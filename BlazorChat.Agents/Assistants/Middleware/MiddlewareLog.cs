namespace BlazorChat.Assistants.Middleware;

/// <summary>Log messages about middleware: no contents.</summary>
internal static partial class MiddlewareLog
{
    [LoggerMessage(LogLevel.Error, "A middleware of an assistant failed")]
    public static partial void Broke(ILogger logger, Exception exception);
}
