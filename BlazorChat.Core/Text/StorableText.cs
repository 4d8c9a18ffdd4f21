
namespace BlazorChat.Text;

/// <summary>Makes text from elsewhere storable.</summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text with a replacement character for each half of a surrogate pair and each NUL, which cannot be stored.</summary>
    public static string From(string text) =>
        !text.Contains('\0', StringComparison.Ordinal) && !Names.HasLoneSurrogate(text)
            ? text
            : string.Create(text.Length, text, static (into, from) =>
            {
                for (var i = 0; i < from.Length; i++)
                {
                    if (i + 1 < from.Length && char.IsSurrogatePair(from[i], from[i + 1]))
                    {
                        into[i] = from[i];
                        into[i + 1] = from[++i];
                    }
                    else
                    {
                        into[i] = from[i] == '\0' || char.IsSurrogate(from[i]) ? Replacement : from[i];
                    }
                }
            });
}
