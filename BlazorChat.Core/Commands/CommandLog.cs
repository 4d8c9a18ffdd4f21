namespace BlazorChat.Commands;

/// <summary>Log messages of commands. In a class of its own because the source generator does not support records.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId} of response {MessageId} in room {RoomId}: approved {IsApproved}.")]
    public static partial void CallDecided(ILogger logger, string toolName, string callId, Guid messageId, Guid roomId, bool isApproved);

    [LoggerMessage(LogLevel.Information, "Tool {ToolName}, call {CallId} of response {MessageId} in room {RoomId}: the first of two people approved it.")]
    public static partial void CallHalfApproved(ILogger logger, string toolName, string callId, Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Tool {ToolName} was allowed for room {RoomId} with call {CallId}.")]
    public static partial void ToolAllowed(ILogger logger, string toolName, string callId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was cleared.")]
    public static partial void RoomCleared(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Message {MessageId} was deleted from room {RoomId}.")]
    public static partial void MessageDeleted(ILogger logger, Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was deleted.")]
    public static partial void RoomDeleted(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "What was removed from room {RoomId} was brought back.")]
    public static partial void BroughtBack(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Somebody used an invite to room {RoomId}.")]
    public static partial void InviteUsed(ILogger logger, Guid roomId);

    [LoggerMessage(LogLevel.Information, "{Count} responses were stopped in room {RoomId}.")]
    public static partial void ResponsesStopped(ILogger logger, Guid roomId, int count);
}
