using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// One change of a room, in one transaction: what is found in it is what is stored at that moment, and what is saved in it is stored
/// together with the events that tell of it, or not at all. It knows no rule.
/// </summary>
public interface IRoomChange
{
    /// <summary>The room, or null.</summary>
    Task<Room?> FindRoomAsync(CancellationToken cancellationToken);

    /// <summary>Whether another room has a name (see <see cref="Text.Names.KeyOf"/>).</summary>
    Task<bool> IsNameTakenAsync(string name, CancellationToken cancellationToken);

    /// <summary>One message of the room, or null.</summary>
    Task<Message?> FindMessageAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>The message at a sequence of the room, or null.</summary>
    Task<Message?> FindMessageAtAsync(long sequence, CancellationToken cancellationToken);

    /// <summary>The message that this author posted in the room with this client id, or null.</summary>
    Task<Message?> FindPostedAsync(Author author, Guid clientId, CancellationToken cancellationToken);

    /// <summary>All turns of the room, in no order.</summary>
    Task<ImmutableArray<Turn>> ReadTurnsAsync(CancellationToken cancellationToken);

    /// <summary>What was journaled of a response from a step on, in order.</summary>
    Task<IReadOnlyList<JournalPiece>> ReadJournalAsync(Guid messageId, int fromStep, CancellationToken cancellationToken);

    /// <summary>How many rooms there are.</summary>
    Task<int> CountRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Stores a new room.</summary>
    void Add(Room room);

    /// <summary>Saves a room that was found here.</summary>
    void Save(Room room);

    /// <summary>Stores a new message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="clientId">The sender's own id of it, or null.</param>
    void Add(Message message, Guid? clientId);

    /// <summary>Saves a message that was found here.</summary>
    void Save(Message message);

    /// <summary>Keeps how a message is stored now as an earlier version, numbered by <see cref="Message.Versions"/>.</summary>
    void KeepVersion(Message message);

    /// <summary>Removes a message with all that belongs to it.</summary>
    void Remove(Message message);

    /// <summary>Saves a turn that was found here, or stores a new one.</summary>
    void Save(Turn turn);

    /// <summary>Removes a turn.</summary>
    void Remove(Turn turn);

    /// <summary>Removes all messages and turns of the room.</summary>
    Task RemoveMessagesAsync(CancellationToken cancellationToken);

    /// <summary>Removes the oldest messages of the room; never one that is still being written.</summary>
    /// <returns>How many were removed, and up to which sequence.</returns>
    Task<(int Removed, long Through)> RemoveOldestAsync(int count, CancellationToken cancellationToken);

    /// <summary>Removes what was recorded of messages of the room being sent to models.</summary>
    Task RemoveStepsAsync(CancellationToken cancellationToken);

    /// <summary>Removes what was journaled of a response.</summary>
    Task RemoveJournalAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>Removes the room with all that belongs to it.</summary>
    void RemoveRoom();

    /// <summary>Something happened: numbered, stored in the outbox with the change, and told when it is stored.</summary>
    void Tell(RoomEvent roomEvent);
}

/// <summary>What a change gave.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Events">What is to be told, in order, numbered; empty when it was refused.</param>
public sealed record RoomChange<T>(Result<T> Value, ImmutableArray<RoomEvent> Events);

/// <summary>Changes that several commands make.</summary>
internal static class RoomChanges
{
    /// <summary>Saves a message and tells that it changed.</summary>
    public static void SaveAndTell(this IRoomChange change, Message message)
    {
        change.Save(message);
        change.Tell(new RoomEvent.MessageChanged(message));
    }

    /// <summary>Names a room that has no name of its own, with the first number behind it that is free.</summary>
    public static async Task<Room> TitleAsync(this IRoomChange change, Room room, string title, CancellationToken cancellationToken)
    {
        // Beyond that many rooms of one title the room stays without.
        const int MaxOfOneTitle = 50;
        for (var number = 1; !room.IsNamed && number <= MaxOfOneTitle; number++)
        {
            var name = number == 1 ? title : $"{title} ({number})";
            if (!await change.IsNameTakenAsync(name, cancellationToken).ConfigureAwait(false))
            {
                room = room with { Name = name, IsNamed = true };
            }
        }

        return room;
    }
}
