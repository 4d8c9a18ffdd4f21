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

    /// <summary>Ask for a new answer in place of a failed one.</summary>
    RetryReply,
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
    /// <param name="roomId">The room, or null where the action concerns none yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for yes, otherwise why not.</returns>
    ValueTask<Refusal?> DecideAsync(Person? person, RoomAction action, Guid? roomId, CancellationToken cancellationToken);
}

/// <summary>Everybody who has joined may do everything: the policy until rooms have members and roles.</summary>
public sealed class OpenRoomPolicy : IRoomPolicy
{
    private static readonly Refusal JoinFirst = new(RefusalKind.Forbidden, "Please join with a name first.");

    /// <inheritdoc />
    public ValueTask<Refusal?> DecideAsync(Person? person, RoomAction action, Guid? roomId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(person is { } who && who.Id != Guid.Empty && Names.CheckPersonName(who.Name).Refusal is null ? null : JoinFirst);
}
