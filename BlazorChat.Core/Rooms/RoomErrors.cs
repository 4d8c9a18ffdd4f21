namespace BlazorChat.Rooms;

/// <summary>Errors that several commands return.</summary>
internal static class RoomErrors
{
    public static readonly RoomError NoSuchRoom = new(RoomErrorKind.NotFound, "This room does not exist or has been deleted.");

    public static readonly RoomError NoSuchMessage = new(RoomErrorKind.NotFound, "This message does not exist or has been deleted.");

    public static readonly RoomError Removed = new(RoomErrorKind.NotFound, "This message was posted before and has been deleted.");

    public static readonly RoomError NoSuchResponse = new(RoomErrorKind.NotFound, "This answer does not exist or has been deleted.");

    public static readonly RoomError NoSuchCall = new(RoomErrorKind.NotFound, "This tool call is no longer waiting.");

    public static readonly RoomError TooFast = new(RoomErrorKind.Limit, "You're doing that too often. Please wait a moment and try again.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    public static readonly RoomError TwoAccounts = new(
        RoomErrorKind.Forbidden, "Two people with accounts have to approve this. Guests can only reject it, because anybody can be several guests.");

    /// <summary>For whoever approved a call that two people have to approve.</summary>
    public static readonly RoomError OnceIsEnough = new(RoomErrorKind.Conflict, "You approved this. Another person has to approve it, too.");

    public static readonly RoomError NoSuchPerson = new(RoomErrorKind.NotFound, "Nobody here has this name.");

    public static readonly RoomError NoSuchMember = new(RoomErrorKind.NotFound, "This person is not a member of the room.");

    public static readonly RoomError NoSuchRole = new(RoomErrorKind.Invalid, "Please choose a role.");

    public static readonly RoomError TooManyMembers = new(RoomErrorKind.Limit, $"A room can have {RoomLimits.Members:N0} members. You can open it to everybody instead.");

    public static readonly RoomError TooManyRooms = new(RoomErrorKind.Limit, $"This server already has {RoomLimits.Rooms:N0} rooms, which is the maximum. Please delete one first.");

    /// <summary>For whoever made or brought back too many rooms in a day.</summary>
    public static RoomError TooManyNewRooms(int most) =>
        new(RoomErrorKind.Limit, $"One person can make or bring back {most:N0} rooms a day. Please wait before you go on.") { RetryAfter = TimeSpan.FromDays(1) / most };

    public static readonly RoomError LastOwner = new(RoomErrorKind.Conflict, "A room needs an owner. Please make somebody else an owner first.");

    public static readonly RoomError LobbyIsNobodys = new(RoomErrorKind.Conflict, "The lobby belongs to everybody, so nobody can own it.");

    public static readonly RoomError LobbyStaysOpen = new(RoomErrorKind.Conflict, "The lobby stays open to everyone on this server.");

    public static readonly RoomError LobbyStays = new(RoomErrorKind.Forbidden, "The lobby stays, so that everybody on this server has a room.");

    public static readonly RoomError Archived = new(RoomErrorKind.Forbidden, "This room is archived.");

    public static readonly RoomError NoSuchInvite = new(RoomErrorKind.NotFound, "This invite has expired, was used up, or was revoked. Ask for a new one.");

    public static readonly RoomError AlreadyMember = new(RoomErrorKind.Conflict, "This person is already a member.");

    public static readonly RoomError TooManyInvites = new(RoomErrorKind.Limit, $"A room can have {RoomLimits.Invites} open invite links. Please revoke one first.");

    public static readonly RoomError NoSuchVisibility = new(RoomErrorKind.Invalid, "Please choose who can see this room.");

    public static readonly RoomError SettingChanged = new(RoomErrorKind.Conflict, "Someone else changed this setting meanwhile.");

    public static readonly RoomError NotStored = new(RoomErrorKind.Unavailable, "This could not be saved. Please try again.");
}
