namespace BlazorChat.Outbox;

/// <summary>
/// A room event, stored in the same transaction as its change. It has no content: a consumer that needs any reads the current state.
/// </summary>
/// <param name="Position">The place among all entries: strictly rising, with gaps.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Number">The event's number in its room (see <see cref="Rooms.RoomEvent.Number"/>).</param>
/// <param name="Kind">The name of the event's type, for example <c>MessagePosted</c>.</param>
/// <param name="SubjectId">The message or turn that the event is about; null for the room itself.</param>
/// <param name="At">When it was stored.</param>
public sealed record OutboxEntry(long Position, Guid RoomId, long Number, string Kind, Guid? SubjectId, DateTimeOffset At);
