namespace BlazorChat.Rooms;

/// <summary>A place in the queue: an assistant is to answer in a room. One at a time runs per assistant and room.</summary>
/// <param name="Id">Version 7 GUID.</param>
/// <param name="RoomId">The room.</param>
/// <param name="AssistantId">Who is to answer.</param>
/// <param name="RequestedBy">Whose message or command asked for it.</param>
/// <param name="RequestedAt">When that was.</param>
public sealed record Turn(Guid Id, Guid RoomId, string AssistantId, Author RequestedBy, DateTimeOffset RequestedAt)
{
    /// <summary>The message to answer; null where no message asked for the turn.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>The answer that goes on with it; null for a turn that begins a new one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>It does not begin before this; null for as soon as it can.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
