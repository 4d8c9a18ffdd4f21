using BlazorChat.Rooms;

namespace BlazorChat.Text;

/// <summary>What a message that somebody writes may be.</summary>
internal static class MessageText
{
    /// <summary>What is wrong with it, or null.</summary>
    /// <param name="id">The id that its sender made for it.</param>
    /// <param name="text">The text.</param>
    public static RoomError? Check(Guid id, string? text)
    {
        if (id == Guid.Empty)
        {
            return new RoomError(RoomErrorKind.Invalid, "The message has no id.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return new RoomError(RoomErrorKind.Invalid, "A message needs some text.");
        }

        if (text.Length > RoomLimits.MessageLength)
        {
            return new RoomError(RoomErrorKind.Invalid, $"A message can have at most {RoomLimits.MessageLength:N0} characters; this one has {text.Length:N0}.");
        }

        // Not every database can store a NUL, half a surrogate pair cannot be written as UTF-8, and no keyboard writes either.
        return text.Contains('\0') || Names.HasLoneSurrogate(text)
            ? new RoomError(RoomErrorKind.Invalid, "The message contains a character that cannot be stored.")
            : null;
    }
}
