using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Access;

/// <summary>An operation that the authorizer allows or refuses.</summary>
public enum RoomPermission
{
    /// <summary>See the list of rooms.</summary>
    ListRooms,

    /// <summary>Create a room.</summary>
    CreateRoom,

    /// <summary>Read a room and follow it live.</summary>
    ViewRoom,

    /// <summary>Write in a room.</summary>
    PostMessage,

    /// <summary>Change a room's name or settings.</summary>
    ChangeRoom,

    /// <summary>Remove all messages of a room.</summary>
    ClearRoom,

    /// <summary>Remove a room.</summary>
    DeleteRoom,

    /// <summary>Stop a response or take a turn out of the queue.</summary>
    StopResponse,

    /// <summary>Ask for a new response in place of another, or for more of one.</summary>
    RetryResponse,

    /// <summary>Approve or reject a tool call.</summary>
    DecideToolCall,

    /// <summary>Give the result of a tool call that the caller's own browser was asked to run.</summary>
    AnswerBrowserCall,

    /// <summary>Change a message.</summary>
    EditMessage,

    /// <summary>Remove a message.</summary>
    DeleteMessage,

    /// <summary>Take one turn out of the queue.</summary>
    WithdrawTurn,
}

/// <summary>The subject of a permission check, as looked up by the command.</summary>
/// <param name="RoomId">The room.</param>
public sealed record AuthorizedResource(Guid RoomId)
{
    /// <summary>The id of the room's owner; null when it has none, or the permission does not depend on it.</summary>
    public string? RoomOwnerId { get; init; }

    /// <summary>The author of the message, or the asker of the response or turn; null when the permission does not depend on one.</summary>
    public Author? Owner { get; init; }

    /// <summary>A room alone.</summary>
    public static implicit operator AuthorizedResource(Guid roomId) => new(roomId);

    /// <summary>A room alone.</summary>
    public static AuthorizedResource FromGuid(Guid roomId) => roomId;
}

/// <summary>
/// Decides who may do what. Every command and every subscription asks it, with ids that were looked up, never taken from the page. A hidden
/// control on the page is a convenience, never the protection.
/// </summary>
public interface IRoomAuthorizer
{
    /// <summary>Allows or refuses an operation.</summary>
    /// <param name="person">The caller; null when no one is signed in.</param>
    /// <param name="permission">The operation.</param>
    /// <param name="resource">The subject, or null for an operation without a room.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Null when allowed, otherwise the reason.</returns>
    ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken);
}

/// <summary>
/// The rules until rooms have members and roles: everyone who has joined may do everything, except with what belongs to someone else. Only
/// the asker and the room's owner approve a tool call; only the asker's browser runs a browser tool; only the author edits a message; the
/// author (for a response: the asker) and the room's owner delete it. Anyone may act on what belongs to no one.
/// </summary>
public sealed class OpenRoomAuthorizer : IRoomAuthorizer
{
    private static readonly RoomError JoinFirst = new(RoomErrorKind.Forbidden, "Please join with a name first.");

    /// <inheritdoc />
    public ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken) =>
        ValueTask.FromResult(person is { } who && who.Id != Guid.Empty && Names.CheckPersonName(who.Name).Error is null
            ? Decide(who.AsAuthor().Id, permission, resource)
            : JoinFirst);

    private static RoomError? Decide(string who, RoomPermission permission, AuthorizedResource? resource)
    {
        var isOwn = resource?.Owner is { Kind: AuthorKind.Person } owner && owner.Id == who;
        var isOwner = resource?.RoomOwnerId == who;
        var isNobodys = resource?.Owner is not { Kind: AuthorKind.Person } && resource?.RoomOwnerId is null;
        return permission switch
        {
            RoomPermission.DecideToolCall when !(isOwn || isOwner || isNobodys) =>
                No("Only the person who asked or the room owner can decide this."),
            RoomPermission.AnswerBrowserCall when !isOwn => No("Only the browser of the person who asked can answer this."),
            RoomPermission.EditMessage when !isOwn => No("Only the author can edit this message."),
            RoomPermission.DeleteMessage when !(isOwn || isOwner || isNobodys) => No("Only the author or the room owner can delete this message."),
            RoomPermission.WithdrawTurn when !(isOwn || isOwner || isNobodys) => No("Only the person who asked or the room owner can remove this question."),
            RoomPermission.DecideToolCall or RoomPermission.AnswerBrowserCall or RoomPermission.EditMessage or RoomPermission.DeleteMessage
                or RoomPermission.WithdrawTurn => null,
            RoomPermission.ListRooms or RoomPermission.CreateRoom or RoomPermission.ViewRoom or RoomPermission.PostMessage or RoomPermission.ChangeRoom
                or RoomPermission.ClearRoom or RoomPermission.DeleteRoom or RoomPermission.StopResponse or RoomPermission.RetryResponse => null,
            // A permission without a rule is refused.
            _ => No("No one can do this."),
        };
    }

    private static RoomError No(string sentence) => new(RoomErrorKind.Forbidden, sentence);
}
