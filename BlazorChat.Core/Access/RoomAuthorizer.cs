using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Access;

/// <summary>What somebody wants to do.</summary>
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

    /// <summary>Say yes or no to a tool call.</summary>
    DecideToolCall,

    /// <summary>Give the result of a tool call that one's own browser was asked to run.</summary>
    AnswerBrowserCall,

    /// <summary>Change a message.</summary>
    EditMessage,

    /// <summary>Remove a message.</summary>
    DeleteMessage,

    /// <summary>Take one turn out of the queue.</summary>
    WithdrawTurn,
}

/// <summary>What a permission is asked for, as it was looked up.</summary>
/// <param name="RoomId">The room.</param>
public sealed record AuthorizedResource(Guid RoomId)
{
    /// <summary>The id of the room's owner; null when it has none, or the permission does not depend on it.</summary>
    public string? RoomOwnerId { get; init; }

    /// <summary>Whose it is: the author of a message, the asker of a response or a turn; null when the permission does not depend on it.</summary>
    public Author? Owner { get; init; }

    /// <summary>A room alone.</summary>
    public static implicit operator AuthorizedResource(Guid roomId) => new(roomId);

    /// <summary>A room alone.</summary>
    public static AuthorizedResource FromGuid(Guid roomId) => roomId;
}

/// <summary>
/// The one place that says who may do what. Every command and every subscription asks it, with the ids as they were
/// looked up; what the page hides or shows is never what forbids.
/// </summary>
public interface IRoomAuthorizer
{
    /// <summary>Decides.</summary>
    /// <param name="person">Who asks; null when nobody is signed in.</param>
    /// <param name="permission">What they want.</param>
    /// <param name="resource">What it concerns, or null where it concerns no room yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for yes, otherwise why not.</returns>
    ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken);
}

/// <summary>
/// The rules until rooms have members and roles: everybody who has joined may do everything, but for what is somebody's
/// own. Approving a tool call is for the asker and for the room's owner; running a tool in a browser is for the asker; a
/// message is edited by its author, and deleted by its author (a response by the asker) or the room's owner. What
/// nobody owns, everybody may.
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
                No("Only the asker or the room's owner can decide this."),
            RoomPermission.AnswerBrowserCall when !isOwn => No("Only the asker's browser can answer this."),
            RoomPermission.EditMessage when !isOwn => No("Only its author can edit a message."),
            RoomPermission.DeleteMessage when !(isOwn || isOwner || isNobodys) => No("Only its author or the room's owner can delete this message."),
            RoomPermission.WithdrawTurn when !(isOwn || isOwner || isNobodys) => No("Only the asker or the room's owner can withdraw this."),
            RoomPermission.DecideToolCall or RoomPermission.AnswerBrowserCall or RoomPermission.EditMessage or RoomPermission.DeleteMessage
                or RoomPermission.WithdrawTurn => null,
            RoomPermission.ListRooms or RoomPermission.CreateRoom or RoomPermission.ViewRoom or RoomPermission.PostMessage or RoomPermission.ChangeRoom
                or RoomPermission.ClearRoom or RoomPermission.DeleteRoom or RoomPermission.StopResponse or RoomPermission.RetryResponse => null,
            // A permission that has no rule yet is nobody's.
            _ => No("Nobody may do this."),
        };
    }

    private static RoomError No(string sentence) => new(RoomErrorKind.Forbidden, sentence);
}
