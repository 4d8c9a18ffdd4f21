namespace BlazorChat.Outbox;

/// <summary>Something that happened in a room, stored in the transaction in which it did. It has no contents: whoever needs them reads how things stand by now.</summary>
/// <param name="Position">Its place among all: strictly rising, with gaps.</param>
/// <param name="RoomId">Where it happened.</param>
/// <param name="Number">The event's number in its room (see <see cref="Rooms.RoomEvent.Number"/>).</param>
/// <param name="Kind">The name of the event's type, for example <c>MessagePosted</c>.</param>
/// <param name="SubjectId">The message or turn that it is about; null for the room itself.</param>
/// <param name="At">When it was stored.</param>
public sealed record OutboxEntry(long Position, Guid RoomId, long Number, string Kind, Guid? SubjectId, DateTimeOffset At);
