namespace BlazorChat.Rooms;

/// <summary>Refusals that several commands give.</summary>
internal static class Refusals
{
    public static readonly Refusal NoSuchRoom = new(RefusalKind.NotFound, "This room does not exist, or not any more.");

    public static readonly Refusal NoSuchMessage = new(RefusalKind.NotFound, "This message does not exist, or not any more.");

    public static readonly Refusal NoSuchAnswer = new(RefusalKind.NotFound, "There is no such answer in this room, or not any more.");

    public static readonly Refusal NoSuchCall = new(RefusalKind.NotFound, "Nothing waits for this any more.");

    public static readonly Refusal TooFast = new(RefusalKind.Limit, "You are doing this faster than this server allows. Please wait a moment.");

    public static readonly Refusal NotStored = new(RefusalKind.Unavailable, "This could not be saved just now. Please try again.");
}
