
namespace BlazorChat.Text;

/// <summary>Text from elsewhere, made so that it can be stored and sent.</summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The same text with a replacement character for each half of a surrogate pair and each NUL: neither can be stored.</summary>
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

    /// <summary>The text, or its beginning followed by a mark that says how long it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Most characters, those of the mark among them; at least 100.</param>
    public static string Beginning(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        // The mark is no longer than this one.
        var end = most - Mark(text.Length, text.Length).Length;
        end -= char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        return $"{text.AsSpan(0, end)}{Mark(end, text.Length)}";

        static string Mark(int shown, int whole) => $"\n… (the first {shown:N0} of {whole:N0} characters)";
    }
}
