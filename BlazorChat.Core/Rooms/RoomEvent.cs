using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// Something that happened in a room: small and complete, and stored before it is told. A room's state is the fold of its events. The
/// pieces of a running response in between are <see cref="ResponseDelta"/>s.
/// </summary>
internal abstract record RoomEvent
{
    private RoomEvent()
    {
    }

    /// <summary>The event's number in its room, counted from 1 in the order of storing; 0 until it is stored.</summary>
    public long Number { get; init; }

    /// <summary>The id of the message, turn, person or invite that it is about; null when it is about the whole room. Consumers of the outbox get it.</summary>
    public abstract Guid? SubjectId { get; }

    /// <summary>A person's or a service's message was stored.</summary>
    public sealed record MessagePosted(Message Message) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Message.Id;
    }

    /// <summary>A stored message changed: it was edited or retried, or one of its calls was decided.</summary>
    public sealed record MessageChanged(Message Message) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Message.Id;
    }

    /// <summary>A message and all its versions were removed for good.</summary>
    public sealed record MessageRemoved(Guid MessageId, Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => MessageId;
    }

    /// <summary>
    /// The room's oldest messages were dropped because it is full: <see cref="Count"/> of those up to <see cref="Through"/>. Waiting and
    /// running ones are kept.
    /// </summary>
    public sealed record OldestDropped(int Count, long Through) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }

    /// <summary>A turn entered the queue, or changed while waiting.</summary>
    public sealed record TurnQueued(Turn Turn) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Turn.Id;
    }

    /// <summary>A waiting turn was taken out of the queue unanswered.</summary>
    public sealed record TurnWithdrawn(Guid TurnId) : RoomEvent
    {
        /// <summary>The turn; null in events of earlier versions.</summary>
        public Turn? Turn { get; init; }

        /// <summary>Why, in a sentence for people; null if its question or response was removed.</summary>
        public string? Reason { get; init; }

        /// <inheritdoc />
        public override Guid? SubjectId => TurnId;
    }

    /// <summary>A turn left the queue, and its response now exists, still empty.</summary>
    public sealed record ResponseStarted(Guid TurnId, Message Message) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Message.Id;
    }

    /// <summary>A turn resumed an existing response. The message keeps its text; a new version starts empty.</summary>
    public sealed record ResponseResumed(Guid TurnId, Message Message) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Message.Id;
    }

    /// <summary>The response has its final parts and status. One that awaits people may be resumed.</summary>
    public sealed record ResponseEnded(Message Message) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Message.Id;

        /// <summary>The tokens used since it was last started or resumed.</summary>
        public TokenCounts Tokens { get; init; }

        /// <summary>Their cost, or null when they have no price.</summary>
        public decimal? Cost { get; init; }
    }

    /// <summary>The room's name, settings, visibility or cost changed, or whether it is archived.</summary>
    public sealed record RoomChanged(Room Room) : RoomEvent
    {
        /// <summary>Who changed it; null for the server. Who changes rights is recorded.</summary>
        public Author? By { get; init; }

        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }

    /// <summary>Somebody is a member of the room now, or has another role.</summary>
    public sealed record MemberSet(RoomMember Member, Author By) : RoomEvent
    {
        /// <summary>Whether an administrator of the server decided it: they appointed an owner, or came in themselves.</summary>
        public bool IsAppointed { get; init; }

        /// <summary>Whether the person used an invite link.</summary>
        public bool IsByInvite { get; init; }

        /// <inheritdoc />
        public override Guid? SubjectId => Member.PersonId;
    }

    /// <summary>Somebody is no member of the room any more: they left or were removed.</summary>
    public sealed record MemberRemoved(Guid PersonId, Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => PersonId;
    }

    /// <summary>An invite link was made.</summary>
    public sealed record InviteCreated(Guid InviteId, Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => InviteId;
    }

    /// <summary>An invite link was revoked.</summary>
    public sealed record InviteRevoked(Guid InviteId, Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => InviteId;
    }

    /// <summary>
    /// Somebody was deleted: messages lose their name, and their own are removed if they wished so. <see cref="Removed"/> of those are gone
    /// since the last such event.
    /// </summary>
    public sealed record PersonForgotten(DeletedPerson Person, int Removed) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => Guid.TryParse(Person.AuthorId, out var id) ? id : null;
    }

    /// <summary>All messages up to <see cref="Through"/> and their turns were removed.</summary>
    public sealed record RoomCleared(long Through, Author By) : RoomEvent
    {
        /// <summary>Whether they can be brought back.</summary>
        public bool IsKept { get; init; }

        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }

    /// <summary>
    /// A deleted room, or what was cleared last in it, is back: <see cref="Count"/> messages, of which <see cref="Newest"/> are the newest.
    /// </summary>
    public sealed record RoomBroughtBack(
        Room Room, bool IsRoom, int Count, ImmutableArray<Message> Newest, bool HasOlder, ImmutableArray<RoomMember> Members, Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }

    /// <summary>What could have been brought back is gone for good.</summary>
    public sealed record RemovedForGood(Author By) : RoomEvent
    {
        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }

    /// <summary>The room was deleted.</summary>
    public sealed record RoomDeleted(Author By) : RoomEvent
    {
        /// <summary>Whether it can be brought back.</summary>
        public bool IsKept { get; init; }

        /// <inheritdoc />
        public override Guid? SubjectId => null;
    }
}
