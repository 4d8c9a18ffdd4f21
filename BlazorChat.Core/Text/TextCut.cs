namespace BlazorChat.Text;

/// <summary>Cuts texts to a length, never through a surrogate pair.</summary>
internal static class TextCut
{
    /// <summary>At most <paramref name="max"/> characters from the beginning of a text.</summary>
    public static string Beginning(string text, int max) =>
        text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];

    /// <summary>The text, or its beginning with an ellipsis.</summary>
    public static string Excerpt(string text, int max) => text.Length <= max ? text : Beginning(text, max).TrimEnd() + "…";

    /// <summary>The text, or its beginning with a mark that gives its length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">The most characters, including the mark; at least 100.</param>
    public static string Marked(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        // The longest possible mark is reserved.
        var beginning = Beginning(text, max - Mark(text.Length, text.Length).Length);
        return beginning + Mark(beginning.Length, text.Length);

        static string Mark(int shown, int whole) => $"\n… (the first {shown:N0} of {whole:N0} characters)";
    }
}
