using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>One page of messages.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are messages before the first of them.</param>
public sealed record MessagePage(IReadOnlyList<Message> Messages, bool HasOlder)
{
    /// <summary>The page as somebody sees it who sees only messages from a sequence on.</summary>
    internal MessagePage From(long sequence) => sequence <= 0
        ? this
        : new MessagePage([.. Messages.Where(m => m.Sequence >= sequence)], HasOlder && Messages.Count > 0 && Messages[0].Sequence > sequence);
}

/// <summary>A message to store.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Author">The author: a person or a service.</param>
/// <param name="ClientId">An id that the sender made for this one message.</param>
/// <param name="Text">The text, already checked.</param>
/// <param name="AssistantIds">The assistants that should answer.</param>
/// <param name="Request">The asker and data from their page.</param>
/// <param name="Now">The time of posting.</param>
internal sealed record NewMessage(
    Guid RoomId, Author Author, Guid ClientId, string Text, IReadOnlyList<string> AssistantIds, TurnRequest Request, DateTimeOffset Now);

/// <summary>An earlier version of a message, from before it was regenerated or edited.</summary>
/// <param name="Number">Counted from 1, the oldest.</param>
/// <param name="Message">The message as it was then.</param>
public sealed record MessageVersion(int Number, Message Message);

/// <summary>Bytes stored beside a message: the complete result of a tool, or a file.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Blob(string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>
/// Rooms and their messages on disk. It loads and saves, and contains no rules. The caller holds the room's gate (see
/// <see cref="RoomGates"/>) for every change of a room.
/// </summary>
internal interface IRoomStore
{
    /// <summary>All rooms, unordered.</summary>
    Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The members of all rooms, unordered.</summary>
    Task<IReadOnlyList<(Guid RoomId, RoomMember Member)>> ListMembersAsync(CancellationToken cancellationToken);

    /// <summary>The invite whose token has this hash; null if there is none.</summary>
    /// <param name="tokenHash">The hash.</param>
    /// <param name="personId">Who asks.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<FoundInvite?> FindInviteAsync(string tokenHash, Guid personId, CancellationToken cancellationToken);

    /// <summary>The invites of a room, newest first.</summary>
    Task<IReadOnlyList<RoomInvite>> ReadInvitesAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>The names under which an author has written in a room.</summary>
    Task<IReadOnlyList<string>> ReadNamesAsync(Guid roomId, string authorId, CancellationToken cancellationToken);

    /// <summary>The rooms in which somebody is a member, has made invites, or waits for an answer.</summary>
    Task<IReadOnlyList<Guid>> FindRoomsOfAsync(Guid personId, CancellationToken cancellationToken);

    /// <summary>
    /// The next messages of a room that have somebody's name in them, or that they wrote, in order of sequence, also those that are hidden because
    /// they were cleared.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="person">The person.</param>
    /// <param name="after">Only messages with a higher sequence.</param>
    /// <param name="count">The maximum number of messages.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    Task<IReadOnlyList<(Guid Id, long Sequence)>> FindOfAsync(Guid roomId, DeletedPerson person, long after, int count, CancellationToken cancellationToken);

    /// <summary>Of some rooms, the last removal of each that can still be taken back.</summary>
    Task<IReadOnlyList<RoomRemoval>> ListRemovalsAsync(IReadOnlyCollection<Guid> roomIds, DateTimeOffset oldest, CancellationToken cancellationToken);

    /// <summary>The deleted rooms that can still be brought back.</summary>
    Task<IReadOnlyList<DeletedRoom>> ListDeletedAsync(CancellationToken cancellationToken);

    /// <summary>One room, or null.</summary>
    Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Changes or creates a room in one transaction. When this returns a value, the change is on disk.</summary>
    /// <typeparam name="T">The type of the change's result.</typeparam>
    /// <param name="roomId">The room.</param>
    /// <param name="change">Reads and saves. When it returns an error, nothing is stored. It must not wait for anything but the
    /// change.</param>
    /// <param name="cancellationToken">Cancels the change until it is stored.</param>
    /// <exception cref="StorageUnavailableException">It could not be stored.</exception>
    Task<RoomChangeResult<T>> ChangeAsync<T>(Guid roomId, Func<IRoomChange, CancellationToken, Task<Result<T>>> change, CancellationToken cancellationToken);

    /// <summary>The earlier versions of a message, oldest first.</summary>
    Task<IReadOnlyList<MessageVersion>> ReadVersionsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>A blob of a message of the room from a sequence on, or null.</summary>
    Task<Blob?> FindBlobAsync(Guid roomId, Guid blobId, long from, CancellationToken cancellationToken);

    /// <summary>Ids of the responses to a message, oldest first.</summary>
    Task<IReadOnlyList<Guid>> FindResponsesAsync(Guid roomId, Guid questionId, CancellationToken cancellationToken);

    /// <inheritdoc cref="IRoomChange.FindPostedAsync" />
    Task<Result<Message>?> FindPostedAsync(Guid roomId, Author author, Guid clientId, CancellationToken cancellationToken);

    /// <summary>The newest messages, or the newest before a sequence.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="before">Only messages with a lower sequence, or null for the newest.</param>
    /// <param name="count">The maximum number of messages to read.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<MessagePage> ReadPageAsync(Guid roomId, long? before, int count, CancellationToken cancellationToken);

    /// <summary>One message of a room, or null.</summary>
    Task<Message?> FindMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>The room's first messages from a sequence on, oldest first.</summary>
    Task<IReadOnlyList<Message>> ReadFirstAsync(Guid roomId, long from, int count, CancellationToken cancellationToken);

    /// <summary>
    /// The messages of a room whose text contains the query, ignoring case, newest first. Only written text counts, not tool results, and
    /// retried responses are left out. Searches the newest <see cref="RoomLimits.SearchedMessages"/> messages.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="from">The lowest sequence that is searched.</param>
    /// <param name="query">The text to find, taken literally, 1 to <see cref="RoomLimits.QueryLength"/> characters.</param>
    /// <param name="count">The maximum number of messages to return.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    Task<IReadOnlyList<Message>> SearchAsync(Guid roomId, long from, string query, int count, CancellationToken cancellationToken);

    /// <summary>The responses of a room that wait for people, in order of sequence.</summary>
    Task<IReadOnlyList<Message>> ReadSuspendedAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>The waiting turns of a room, in the order in which they will run.</summary>
    Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken);
}
