using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// One change of a room in one transaction. Reads see the data as stored at that moment. Everything saved here is stored together with the
/// events that announce it, or not at all. Contains no rules.
/// </summary>
internal interface IRoomChange
{
    /// <summary>The room, or null.</summary>
    Task<Room?> FindRoomAsync(CancellationToken cancellationToken);

    /// <summary>The members of the room, unordered.</summary>
    Task<ImmutableArray<RoomMember>> ReadMembersAsync(CancellationToken cancellationToken);

    /// <summary>One message of the room, or null.</summary>
    Task<Message?> FindMessageAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>The message at a sequence of the room, or null.</summary>
    Task<Message?> FindMessageAtAsync(long sequence, CancellationToken cancellationToken);

    /// <summary>
    /// The message that this author posted in the room with this client id; <see cref="RoomErrors.Removed"/> if it has been removed since;
    /// null if there was none. Removed messages are known within <see cref="RoomLimits.RemovedIdsTime"/> and <see cref="RoomLimits.RemovedIds"/>.
    /// </summary>
    Task<Result<Message>?> FindPostedAsync(Author author, Guid clientId, CancellationToken cancellationToken);

    /// <summary>All turns of the room, unordered.</summary>
    Task<ImmutableArray<Turn>> ReadTurnsAsync(CancellationToken cancellationToken);

    /// <summary>The journal of a response from a step on, in order.</summary>
    Task<IReadOnlyList<JournalPiece>> ReadJournalAsync(Guid messageId, int fromStep, CancellationToken cancellationToken);

    /// <summary>The number of rooms.</summary>
    Task<int> CountRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new room.</summary>
    void Add(Room room);

    /// <summary>Saves a room that was read in this change.</summary>
    void Save(Room room);

    /// <summary>Saves a member that was read in this change, or stores a new one.</summary>
    void Save(RoomMember member);

    /// <summary>Removes a member that was read in this change.</summary>
    void Remove(RoomMember member);

    /// <summary>The invites of the room, unordered.</summary>
    Task<ImmutableArray<RoomInvite>> ReadInvitesAsync(CancellationToken cancellationToken);

    /// <summary>Whether somebody has come in by an invite before.</summary>
    Task<bool> HasUsedInviteAsync(Guid inviteId, Guid personId, CancellationToken cancellationToken);

    /// <summary>Saves an invite that was read in this change, or stores a new one.</summary>
    void Save(RoomInvite invite);

    /// <summary>Removes an invite that was read in this change, with who has used it.</summary>
    void Remove(RoomInvite invite);

    /// <summary>Records that somebody came in by an invite.</summary>
    void AddInviteUse(Guid inviteId, Guid personId, DateTimeOffset at);

    /// <summary>Stores a new message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="clientId">The sender's own id of the message, or null.</param>
    void Add(Message message, Guid? clientId);

    /// <summary>Saves a message that was read in this change.</summary>
    void Save(Message message);

    /// <summary>Keeps the stored message as an earlier version, numbered by <see cref="Message.Versions"/>.</summary>
    void KeepVersion(Message message);

    /// <summary>Removes a message and everything that belongs to it.</summary>
    void Remove(Message message);

    /// <summary>Saves a turn that was read in this change, or stores a new one.</summary>
    void Save(Turn turn);

    /// <summary>Removes a turn.</summary>
    void Remove(Turn turn);

    /// <summary>
    /// Removes all messages and turns of the room; the room is saved with its <see cref="Room.ClearedThrough"/>. Most rows of a large room may
    /// be removed after the change, but no reader sees them any more.
    /// </summary>
    /// <param name="isKept">Whether they can be brought back, so that the rows stay until the time for it is over.</param>
    /// <param name="by">Who removes them.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task RemoveMessagesAsync(bool isKept, Author by, CancellationToken cancellationToken);

    /// <summary>
    /// Takes somebody's name out of messages, also of those that are hidden because they were cleared; their own are removed if they wished so.
    /// </summary>
    /// <returns>The ids of the removed messages, and how many of them were not hidden.</returns>
    Task<(IReadOnlyList<Guid> Removed, int Visible)> ForgetAsync(DeletedPerson person, IReadOnlyList<Guid> messageIds, CancellationToken cancellationToken);

    /// <summary>Removes the oldest messages of the room, but never one that is still being written.</summary>
    /// <returns>The number of removed messages, and the sequence up to which they were removed.</returns>
    Task<(int Removed, long Through)> RemoveOldestAsync(int count, CancellationToken cancellationToken);

    /// <summary>Removes the recorded prompts of the room.</summary>
    Task RemoveStepsAsync(CancellationToken cancellationToken);

    /// <summary>Removes the journal of a response.</summary>
    Task RemoveJournalAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>Removes the room that was read in this change and everything that belongs to it, as <see cref="RemoveMessagesAsync"/> does.</summary>
    Task RemoveRoomAsync(bool isKept, Author by, CancellationToken cancellationToken);

    /// <summary>Takes back what was removed last in the room: its messages, or the room itself.</summary>
    /// <param name="oldest">Only what was removed after this time.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null if there is nothing to take back.</returns>
    Task<BroughtBackChange?> BringBackAsync(DateTimeOffset oldest, CancellationToken cancellationToken);

    /// <summary>Gives up everything that could be brought back in the room.</summary>
    Task RemoveForGoodAsync(Author by, CancellationToken cancellationToken);

    /// <summary>One message of the room that has just been brought back, or null.</summary>
    Task<Message?> FindAnyMessageAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>Adds an event: it is numbered, stored in the outbox with the change, and told once the change is stored.</summary>
    void Tell(RoomEvent roomEvent);
}

/// <summary>The outcome of a change.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Events">The events to tell, numbered and in order; empty when the change was refused.</param>
internal sealed record RoomChangeResult<T>(Result<T> Value, ImmutableArray<RoomEvent> Events);

/// <summary>Changes that several commands make.</summary>
internal static class RoomChanges
{
    /// <summary>Saves a room with other rights and tells that it changed.</summary>
    /// <returns>The room.</returns>
    public static Room SaveAndTell(this IRoomChange change, Room room, TurnRights rights, Author by)
    {
        var changed = room with { Settings = room.Settings with { Rights = rights } };
        change.Save(changed);
        change.Tell(new RoomEvent.RoomChanged(changed) { By = by });
        return changed;
    }

    /// <summary>
    /// Ends the responses that are being written or wait, with what the journal has of them: nothing that can be brought back may look as if it went on.
    /// </summary>
    public static async Task InterruptUnfinishedAsync(this IRoomChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var turn in await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (turn.MessageId is { } id && await change.FindMessageAsync(id, cancellationToken).ConfigureAwait(false) is { Status.IsEnded: false } response)
            {
                var pieces = await change.ReadJournalAsync(id, response.Step, cancellationToken).ConfigureAwait(false);
                change.Save(TurnTransitions.Interrupt(response, pieces, now));
                await change.RemoveJournalAsync(id, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Saves a message and tells that it changed.</summary>
    public static void SaveAndTell(this IRoomChange change, Message message)
    {
        change.Save(message);
        change.Tell(new RoomEvent.MessageChanged(message));
    }
}
