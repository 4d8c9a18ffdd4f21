using BlazorChat.Rooms;

namespace BlazorChat.Text;

/// <summary>The rules for the text of a new or edited message.</summary>
internal static class MessageText
{
    /// <summary>The error in a text, or null.</summary>
    /// <param name="id">The id that the sender made for the message.</param>
    /// <param name="text">The text.</param>
    public static RoomError? Check(Guid id, string? text)
    {
        if (id == Guid.Empty)
        {
            return new RoomError(RoomErrorKind.Invalid, "The message has no id.");
        }

        if (text is null || !VisibleText.IsIn(text))
        {
            return new RoomError(RoomErrorKind.Invalid, "A message needs some text.");
        }

        if (text.Length > RoomLimits.MessageLength)
        {
            return new RoomError(RoomErrorKind.Invalid, $"A message can have at most {RoomLimits.MessageLength:N0} characters; this one has {text.Length:N0}.");
        }

        // NUL cannot be stored in every database, half a surrogate pair cannot be written as UTF-8, and no keyboard produces either.
        return text.Contains('\0') || Names.HasLoneSurrogate(text)
            ? new RoomError(RoomErrorKind.Invalid, "The message contains a character that cannot be stored.")
            : null;
    }

    /// <summary>
    /// The text as it is stored. Control characters, which come with text that is pasted from terminals, are shown as their symbols (␛)
    /// instead of reaching pages and models as they are. The length stays the same.
    /// </summary>
    public static string Shown(string text) =>
        !text.Any(IsRawControl) ? text : string.Concat(text.Select(c => !IsRawControl(c) ? c : c < ' ' ? (char)('\u2400' + c) : c == '\u007F' ? '\u2421' : '\uFFFD'));

    private static bool IsRawControl(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
