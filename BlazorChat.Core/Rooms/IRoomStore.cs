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

/// <summary>What a message said before it was regenerated or edited.</summary>
/// <param name="Number">Counted from 1, the oldest.</param>
/// <param name="Message">The message as it was then.</param>
public sealed record MessageVersion(int Number, Message Message);

/// <summary>What is kept beside a message: the whole result of a tool, a file.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Blob(string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>
/// Rooms and their messages on disk: it loads and saves, and knows no rule. The caller holds the room's gate (see
/// <see cref="RoomGates"/>) for everything that changes a room.
/// </summary>
public interface IRoomStore
{
    /// <summary>All rooms, in no order.</summary>
    Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One room, or null.</summary>
    Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Changes a room, or makes it, in one transaction: when this returns a value, it is on disk.</summary>
    /// <typeparam name="T">What the change gives.</typeparam>
    /// <param name="roomId">The room.</param>
    /// <param name="change">Finds and saves. When it refuses, nothing is stored. It may wait for nothing but the change.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <exception cref="StorageUnavailableException">It could not be stored.</exception>
    Task<RoomChange<T>> ChangeAsync<T>(Guid roomId, Func<IRoomChange, CancellationToken, Task<Result<T>>> change, CancellationToken cancellationToken);

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
