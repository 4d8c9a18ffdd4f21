namespace BlazorChat.Rooms;

/// <summary>Messages read by cursor.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are messages before the first of them.</param>
public sealed record MessagePage(IReadOnlyList<Message> Messages, bool HasOlder);

/// <summary>What storing a person's message gave.</summary>
/// <param name="Message">The message as stored.</param>
/// <param name="IsNew">False when the same client id had been stored before.</param>
/// <param name="Queued">Turns that this message put into the queue; those that already waited are not among them.</param>
public sealed record PostedMessage(Message Message, bool IsNew, IReadOnlyList<Turn> Queued);

/// <summary>
/// Rooms and their messages on disk. Each command is one transaction; when it returns, what it says is on disk. The
/// caller holds the room's gate (see <see cref="RoomGates"/>) for everything that changes a room.
/// </summary>
public interface IRoomStore
{
    /// <summary>All rooms, in no order.</summary>
    Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One room, or null.</summary>
    Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Stores a new room. Refused when the name is taken or there are <see cref="RoomLimits.Rooms"/> already.</summary>
    Task<Result<Room>> CreateAsync(Room room, CancellationToken cancellationToken);

    /// <summary>Changes name and settings. Refused when the name is taken or the room does not exist.</summary>
    Task<Result<Room>> UpdateAsync(Guid roomId, string name, string instructions, AnswerMode answerMode, CancellationToken cancellationToken);

    /// <summary>Removes all messages, turns and journals of a room.</summary>
    /// <returns>The sequence up to which messages were removed, or null when the room does not exist.</returns>
    Task<long?> ClearAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Removes a room with all that belongs to it.</summary>
    /// <returns>False when it does not exist.</returns>
    Task<bool> DeleteAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a person's message and puts the turns that it asks for into the queue, in one transaction. A client id that
    /// this author used in this room before gives the message stored then and queues nothing.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="author">The person.</param>
    /// <param name="clientId">Made by the sender for this one message.</param>
    /// <param name="text">The text, already checked.</param>
    /// <param name="assistantIds">Who is to answer; an assistant for whom a turn already waits gets no second one.</param>
    /// <param name="now">Time of posting.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>Null when the room does not exist.</returns>
    Task<PostedMessage?> PostAsync(
        Guid roomId, Author author, Guid clientId, string text, IReadOnlyList<string> assistantIds, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The message that this author posted in this room with this client id, or null.</summary>
    Task<Message?> FindPostedAsync(Guid roomId, Author author, Guid clientId, CancellationToken cancellationToken);

    /// <summary>The newest messages, or the newest before a sequence.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="before">Only messages with a lower sequence, or null for the newest.</param>
    /// <param name="count">Most messages to read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<MessagePage> ReadPageAsync(Guid roomId, long? before, int count, CancellationToken cancellationToken);

    /// <summary>One message of a room, or null.</summary>
    Task<Message?> FindMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>
    /// Messages of a room whose text (what is written, not what tools gave) contains a text, whatever the case, newest first;
    /// answers that were asked for again are not among them. Looks at the newest <see cref="RoomLimits.SearchedMessages"/>.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="query">The text, taken literally, 1 to <see cref="RoomLimits.QueryLength"/> characters.</param>
    /// <param name="count">Most messages to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Message>> SearchAsync(Guid roomId, string query, int count, CancellationToken cancellationToken);

    /// <summary>The turns that wait in a room, oldest first.</summary>
    Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken);
}
