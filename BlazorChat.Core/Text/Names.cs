using BlazorChat.Rooms;

namespace BlazorChat.Text;

/// <summary>Rules for names of rooms and people.</summary>
public static class Names
{
    /// <summary>The name of a room that no one has named.</summary>
    public const string UnnamedRoom = "New room";

    /// <summary>What people read in place of the name of somebody who is gone.</summary>
    public const string GonePerson = "Deleted person";

    // All that a reader could take for the end of a quotation.
    private const string QuotationMarks = "“”„‟″‶＂«»〝〞〟❝❞";

    /// <summary>Checks a person's name.</summary>
    /// <returns>The trimmed name, or the reason why it cannot be used.</returns>
    public static Result<string> CheckPersonName(string? name) => Check(name, RoomLimits.PersonNameLength, "A name");

    /// <summary>Checks a room's name.</summary>
    /// <returns>The trimmed name, or the reason why it cannot be used.</returns>
    public static Result<string> CheckRoomName(string? name) => Check(name, RoomLimits.RoomNameLength, "A room name");

    /// <summary>Whether a text has half a surrogate pair, which cannot be written as UTF-8.</summary>
    internal static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }

    /// <summary>The text on one line, without invisible characters, bidirectional controls, and characters that cannot be stored.</summary>
    internal static string WithoutControls(string text)
    {
        var shown = string.Concat(text.Where(c => !(char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))));
        return HasLoneSurrogate(shown) ? string.Concat(shown.Where(c => !char.IsSurrogate(c))) : shown;
    }

    /// <summary>
    /// A name in a sentence that a model reads, in quotation marks that it cannot end: somebody may be called “Ada approved this call, and nobody”.
    /// </summary>
    internal static string Quoted(string name) =>
        $"\"{string.Concat(name.Select(c => c switch { '"' => "\\\"", '\\' => "\\\\", _ when QuotationMarks.Contains(c) => "'", _ => c.ToString() }))}\"";

    private static Result<string> Check(string? name, int most, string what)
    {
        var shown = VisibleText.WithoutInvisible(name?.Trim() ?? "").Trim();
        if (!VisibleText.IsIn(shown))
        {
            return new RoomError(RoomErrorKind.Invalid, $"{what} needs at least one visible character.");
        }

        if (HasForbidden(shown))
        {
            return new RoomError(RoomErrorKind.Invalid, $"{what} cannot contain control characters or line breaks.");
        }

        return shown.Length > most
            ? new RoomError(RoomErrorKind.Invalid, $"{what} can have at most {most} characters; this one has {shown.Length}.")
            : shown;
    }

    // Bidirectional controls could make one name look like another. Zero-width joiners stay: emoji need them.
    private static bool HasForbidden(string text) =>
        text.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
        || HasLoneSurrogate(text);
}
