namespace BlazorChat.Rooms;

/// <summary>
/// What happened in a room: small and complete. A room's state is the fold of its events; viewers, other services and
/// tests see the same ones. Everything but <see cref="TextAppended"/> and <see cref="ReplyNoted"/> is stored before it is published.
/// </summary>
public abstract record RoomEvent
{
    private RoomEvent()
    {
    }

    /// <summary>A person's message was stored.</summary>
    public sealed record MessagePosted(Message Message) : RoomEvent;

    /// <summary>A stored message changed without changing its text (its status, or that it was retried).</summary>
    public sealed record MessageChanged(Message Message) : RoomEvent;

    /// <summary>A turn waits in the queue.</summary>
    public sealed record TurnQueued(Turn Turn) : RoomEvent;

    /// <summary>A waiting turn was taken out of the queue unanswered.</summary>
    public sealed record TurnWithdrawn(Guid TurnId) : RoomEvent;

    /// <summary>A turn left the queue and its answer exists, still empty.</summary>
    public sealed record ReplyStarted(Guid TurnId, Message Message) : RoomEvent;

    /// <summary>The model said more.</summary>
    public sealed record TextAppended(Guid MessageId, string Text) : RoomEvent;

    /// <summary>Something to tell people about a running answer that is not part of it ("retrying in 4 s"), or null for nothing any more.</summary>
    public sealed record ReplyNoted(Guid MessageId, string? Note) : RoomEvent;

    /// <summary>The answer has its final text and status.</summary>
    public sealed record ReplyEnded(Message Message) : RoomEvent;

    /// <summary>Name or settings changed.</summary>
    public sealed record RoomChanged(Room Room) : RoomEvent;

    /// <summary>All messages up to <see cref="Through"/> are gone, with their turns.</summary>
    public sealed record RoomCleared(long Through, Author By) : RoomEvent;

    /// <summary>The room is gone for good.</summary>
    public sealed record RoomDeleted(Author By) : RoomEvent;
}
