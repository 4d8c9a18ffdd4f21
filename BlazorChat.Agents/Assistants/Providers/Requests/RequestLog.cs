namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>Log messages about the form of requests.</summary>
internal static partial class RequestLog
{
    [LoggerMessage(LogLevel.Warning, "The server of assistant {AssistantId} refused a request and accepted it with the rules {Rules}, which are used from now on. The setting RequestRules of the assistant saves the refused request after each start.")]
    public static partial void Learned(ILogger logger, string? assistantId, string rules);

    [LoggerMessage(LogLevel.Warning, "{Count} events of a response of assistant {AssistantId} could not be read and were left out.")]
    public static partial void Unreadable(ILogger logger, string? assistantId, int count);
}
