using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// What happened in a room, stored before it is told: small and complete. A room's state is the fold of its events. What comes of a
/// running response in between is a <see cref="ResponseDelta"/>.
/// </summary>
public abstract record RoomEvent
{
    private RoomEvent()
    {
    }

    /// <summary>Counts the room's events from 1, in the order in which they were stored; 0 for one that was not stored yet.</summary>
    public long Number { get; init; }

    /// <summary>A person's message was stored.</summary>
    public sealed record MessagePosted(Message Message) : RoomEvent;

    /// <summary>A stored message changed: it was edited or retried, or a call in it was decided.</summary>
    public sealed record MessageChanged(Message Message) : RoomEvent;

    /// <summary>A message is gone for good, with all its versions.</summary>
    public sealed record MessageRemoved(Guid MessageId, Author By) : RoomEvent;

    /// <summary>The room's oldest messages were dropped since it keeps no more: <see cref="Count"/> of those up to <see cref="Through"/>; what waits or runs is kept.</summary>
    public sealed record OldestDropped(int Count, long Through) : RoomEvent;

    /// <summary>A turn waits in the queue, or waits differently.</summary>
    public sealed record TurnQueued(Turn Turn) : RoomEvent;

    /// <summary>A waiting turn was taken out of the queue unanswered.</summary>
    public sealed record TurnWithdrawn(Guid TurnId) : RoomEvent;

    /// <summary>A turn left the queue and its response exists, still empty.</summary>
    public sealed record ResponseStarted(Guid TurnId, Message Message) : RoomEvent;

    /// <summary>A turn goes on with a response that exists: what stands in the message stays (or, of a new version, is empty).</summary>
    public sealed record ResponseResumed(Guid TurnId, Message Message) : RoomEvent;

    /// <summary>The response has its parts and its status, and nothing comes any more; one that awaits people may be resumed.</summary>
    public sealed record ResponseEnded(Message Message) : RoomEvent
    {
        /// <summary>The tokens that it took since it was last resumed.</summary>
        public TokenCounts Tokens { get; init; }

        /// <summary>What they cost, or null when they have no price.</summary>
        public decimal? Cost { get; init; }
    }

    /// <summary>Name or settings changed, or what its responses have cost.</summary>
    public sealed record RoomChanged(Room Room) : RoomEvent;

    /// <summary>All messages up to <see cref="Through"/> are gone, with their turns.</summary>
    public sealed record RoomCleared(long Through, Author By) : RoomEvent;

    /// <summary>The room is gone for good.</summary>
    public sealed record RoomDeleted(Author By) : RoomEvent;
}
