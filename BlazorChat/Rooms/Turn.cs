namespace BlazorChat.Rooms;

/// <summary>A place in the queue: an assistant is to answer in a room. At most one waits and one runs per assistant and room.</summary>
/// <param name="Id">Version 7 GUID.</param>
/// <param name="RoomId">The room.</param>
/// <param name="AssistantId">Who is to answer.</param>
/// <param name="RequestedBy">The person whose message or command asked first.</param>
/// <param name="RequestedAt">When that was.</param>
public sealed record Turn(Guid Id, Guid RoomId, string AssistantId, Author RequestedBy, DateTimeOffset RequestedAt);
