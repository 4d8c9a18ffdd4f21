namespace BlazorChat.Rooms;

/// <summary>RoomErrors that several commands give.</summary>
internal static class RoomErrors
{
    public static readonly RoomError NoSuchRoom = new(RoomErrorKind.NotFound, "This room does not exist, or not any more.");

    public static readonly RoomError NoSuchMessage = new(RoomErrorKind.NotFound, "This message does not exist, or not any more.");

    public static readonly RoomError NoSuchResponse = new(RoomErrorKind.NotFound, "There is no such answer in this room, or not any more.");

    public static readonly RoomError NoSuchCall = new(RoomErrorKind.NotFound, "Nothing waits for this any more.");

    public static readonly RoomError TooFast = new(RoomErrorKind.Limit, "You are doing this faster than this server allows. Please wait a moment.");

    public static RoomError NameTaken(string name) => new(RoomErrorKind.Conflict, $"There is a room named “{name}” already.");

    public static readonly RoomError NotStored = new(RoomErrorKind.Unavailable, "This could not be saved just now. Please try again.");
}
