namespace BlazorChat.Rooms;

/// <summary>Errors that several commands return.</summary>
internal static class RoomErrors
{
    public static readonly RoomError NoSuchRoom = new(RoomErrorKind.NotFound, "This room does not exist or has been deleted.");

    public static readonly RoomError NoSuchMessage = new(RoomErrorKind.NotFound, "This message does not exist or has been deleted.");

    public static readonly RoomError Removed = new(RoomErrorKind.NotFound, "This message was posted before and has been deleted.");

    public static readonly RoomError NoSuchResponse = new(RoomErrorKind.NotFound, "This answer does not exist or has been deleted.");

    public static readonly RoomError NoSuchCall = new(RoomErrorKind.NotFound, "This tool call is no longer waiting.");

    public static readonly RoomError TooFast = new(RoomErrorKind.Limit, "You're doing that too often. Please wait a moment and try again.");

    public static RoomError NameTaken(string name) => new(RoomErrorKind.Conflict, $"A room named “{name}” already exists.");

    public static readonly RoomError SettingChanged = new(RoomErrorKind.Conflict, "Someone else changed this setting meanwhile.");

    public static readonly RoomError NotStored = new(RoomErrorKind.Unavailable, "This could not be saved. Please try again.");
}
