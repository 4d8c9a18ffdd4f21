namespace BlazorChat.Commands;

/// <summary>What commands log. In a class of its own, since the generator writes no methods of records.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId} of answer {MessageId} in room {RoomId}: approved {IsApproved}.")]
    public static partial void CallDecided(ILogger logger, string toolName, string callId, Guid messageId, Guid roomId, bool isApproved);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was cleared.")]
    public static partial void RoomCleared(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Message {MessageId} was deleted from room {RoomId}.")]
    public static partial void MessageDeleted(ILogger logger, Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was deleted.")]
    public static partial void RoomDeleted(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "{Count} answers were stopped in room {RoomId}.")]
    public static partial void ResponsesStopped(ILogger logger, Guid roomId, int count);
}
