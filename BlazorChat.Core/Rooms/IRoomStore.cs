using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>Messages read by cursor.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are messages before the first of them.</param>
public sealed record MessagePage(IReadOnlyList<Message> Messages, bool HasOlder);

/// <summary>A message to store.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Author">Who wrote it: a person or a service.</param>
/// <param name="ClientId">Made by the sender for this one message.</param>
/// <param name="Text">The text, already checked.</param>
/// <param name="AssistantIds">Who is to answer.</param>
/// <param name="Request">What their turns know of who asks.</param>
/// <param name="Now">Time of posting.</param>
public sealed record NewMessage(
    Guid RoomId, Author Author, Guid ClientId, string Text, IReadOnlyList<string> AssistantIds, TurnRequest Request, DateTimeOffset Now);

/// <summary>What storing a message gave.</summary>
/// <param name="Message">The message as stored.</param>
/// <param name="IsNew">False when the same client id had been stored before.</param>
/// <param name="Queued">Turns that this message put into the queue, or that wait longer because of it.</param>
/// <param name="Withdrawn">Turns that wait no more because of it.</param>
/// <param name="Changed">Responses that changed because of it: those whose open requests were rejected since their asker wrote instead, and those whose retry was withdrawn.</param>
public sealed record PostedMessage(
    Message Message, bool IsNew, IReadOnlyList<Turn> Queued, IReadOnlyList<Guid> Withdrawn, IReadOnlyList<Message> Changed)
{
    /// <summary>How many of the room's oldest messages were dropped because it keeps no more.</summary>
    public int Dropped { get; init; }

    /// <summary>Up to which sequence.</summary>
    public long DroppedThrough { get; init; }
}

/// <summary>What became of others when a message was removed.</summary>
/// <param name="Queued">Turns that go on waiting with the other messages of their author.</param>
/// <param name="Withdrawn">Turns that wait no more.</param>
/// <param name="Changed">Answers whose retry was withdrawn.</param>
public sealed record RemovedMessage(IReadOnlyList<Turn> Queued, IReadOnlyList<Guid> Withdrawn, IReadOnlyList<Message> Changed);

/// <summary>What a message said before it was regenerated or edited.</summary>
/// <param name="Number">Counted from 1, the oldest.</param>
/// <param name="Message">The message as it was then.</param>
public sealed record MessageVersion(int Number, Message Message);

/// <summary>What is kept beside a message: the whole result of a tool, a file.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Blob(string MediaType, ReadOnlyMemory<byte> Content);

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

    /// <summary>Stores a new room. Refused when its name (unless it has none of its own) is taken or there are <see cref="RoomLimits.Rooms"/> already.</summary>
    Task<Result<Room>> CreateAsync(Room room, CancellationToken cancellationToken);

    /// <summary>Changes name (null leaves it, and a room without one stays without) and settings. Refused when the name is taken or the room does not exist.</summary>
    Task<Result<Room>> UpdateAsync(Guid roomId, string? name, RoomSettings settings, CancellationToken cancellationToken);

    /// <summary>Removes all messages, turns and journals of a room.</summary>
    /// <returns>The sequence up to which messages were removed, or null when the room does not exist.</returns>
    Task<long?> ClearAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Removes a room with all that belongs to it.</summary>
    /// <returns>False when it does not exist.</returns>
    Task<bool> DeleteAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a message and puts the turns that it asks for into the queue as the room's overlap policy says, in one
    /// transaction. Requests of the author's own answers that wait for people are rejected: they wrote instead. A client id
    /// that this author used in this room before gives the message stored then and queues nothing.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>Refused when the room does not exist, its queue is full, or it drops messages to a busy assistant.</returns>
    Task<Result<PostedMessage>> PostAsync(NewMessage message, CancellationToken cancellationToken);

    /// <summary>Changes the text of a message; what it said becomes an earlier version.</summary>
    /// <returns>Null when there is no such message in this room.</returns>
    Task<Message?> EditAsync(Guid roomId, Guid messageId, string text, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes a message with its versions, files, turns and journal, and whatever was recorded of it being sent to models.</summary>
    /// <returns>Null when there is no such message in this room.</returns>
    Task<RemovedMessage?> DeleteMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>The earlier versions of a message, oldest first.</summary>
    Task<IReadOnlyList<MessageVersion>> ReadVersionsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>What is kept beside a message of a room, or null.</summary>
    Task<Blob?> FindBlobAsync(Guid roomId, Guid blobId, CancellationToken cancellationToken);

    /// <summary>Ids of the responses to a message, oldest first.</summary>
    Task<IReadOnlyList<Guid>> FindResponsesAsync(Guid roomId, Guid questionId, CancellationToken cancellationToken);

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

    /// <summary>The room's first messages, oldest first.</summary>
    Task<IReadOnlyList<Message>> ReadFirstAsync(Guid roomId, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Messages of a room whose text (what is written, not what tools gave) contains a text, whatever the case, newest first;
    /// answers that were asked for again are not among them. Looks at the newest <see cref="RoomLimits.SearchedMessages"/>.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="query">The text, taken literally, 1 to <see cref="RoomLimits.QueryLength"/> characters.</param>
    /// <param name="count">Most messages to give.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Message>> SearchAsync(Guid roomId, string query, int count, CancellationToken cancellationToken);

    /// <summary>The turns that wait in a room, in the order in which they will run.</summary>
    Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken);
}
