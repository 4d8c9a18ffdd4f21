namespace BlazorChat.Rooms;

/// <summary>What somebody wants to do.</summary>
public enum RoomAction
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

    /// <summary>Stop an answer or take a turn out of the queue.</summary>
    StopReply,

    /// <summary>Ask for a new answer in place of another, or for more of one.</summary>
    RetryReply,

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

/// <summary>What an action concerns, as it was looked up.</summary>
/// <param name="RoomId">The room.</param>
public sealed record PolicySubject(Guid RoomId)
{
    /// <summary>The id of the room's owner; null when it has none, or the action does not depend on it.</summary>
    public string? OwnerId { get; init; }

    /// <summary>Whose it is: the author of a message, or who asked for an answer or a turn; null when the action does not depend on it.</summary>
    public Author? Whose { get; init; }

    /// <summary>A room alone.</summary>
    public static implicit operator PolicySubject(Guid roomId) => new(roomId);

    /// <summary>A room alone.</summary>
    public static PolicySubject FromGuid(Guid roomId) => roomId;
}

/// <summary>
/// The one place that says who may do what. Every command and every subscription asks it, with the ids as they were
/// looked up; what the page hides or shows is never what forbids.
/// </summary>
public interface IRoomPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="person">Who asks; null when nobody is signed in.</param>
    /// <param name="action">What they want.</param>
    /// <param name="subject">What it concerns, or null where it concerns no room yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for yes, otherwise why not.</returns>
    ValueTask<Refusal?> DecideAsync(Person? person, RoomAction action, PolicySubject? subject, CancellationToken cancellationToken);
}

/// <summary>
/// The policy until rooms have members and roles: everybody who has joined may do everything, but for what is somebody's
/// own. Approving a tool call is for who asked and for the room's owner; running a tool in a browser is for who asked; a
/// message is edited by its author, and deleted by its author (an answer by who asked for it) or the room's owner. What
/// nobody owns, everybody may.
/// </summary>
public sealed class OpenRoomPolicy : IRoomPolicy
{
    private static readonly Refusal JoinFirst = new(RefusalKind.Forbidden, "Please join with a name first.");

    /// <inheritdoc />
    public ValueTask<Refusal?> DecideAsync(Person? person, RoomAction action, PolicySubject? subject, CancellationToken cancellationToken) =>
        ValueTask.FromResult(person is { } who && who.Id != Guid.Empty && Names.CheckPersonName(who.Name).Refusal is null
            ? Decide(who.AsAuthor().Id, action, subject)
            : JoinFirst);

    private static Refusal? Decide(string who, RoomAction action, PolicySubject? subject)
    {
        var isOwn = subject?.Whose is { Kind: AuthorKind.Person } whose && whose.Id == who;
        var isOwner = subject?.OwnerId == who;
        var isNobodys = subject?.Whose is not { Kind: AuthorKind.Person } && subject?.OwnerId is null;
        return action switch
        {
            RoomAction.DecideToolCall when !(isOwn || isOwner || isNobodys) =>
                No("Only who asked for this answer or the room's owner can decide this."),
            RoomAction.AnswerBrowserCall when !isOwn => No("Only the browser of the person who asked can answer this."),
            RoomAction.EditMessage when !isOwn => No("Only its author can edit a message."),
            RoomAction.DeleteMessage when !(isOwn || isOwner || isNobodys) => No("Only its author or the room's owner can delete this message."),
            RoomAction.WithdrawTurn when !(isOwn || isOwner || isNobodys) => No("Only who asked or the room's owner can withdraw this."),
            _ => null,
        };
    }

    private static Refusal No(string sentence) => new(RefusalKind.Forbidden, sentence);
}
