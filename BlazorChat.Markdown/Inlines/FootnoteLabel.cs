namespace BlazorChat.Markdown;

/// <summary>
/// Recognizes footnotes: <c>[^1]</c> and <c>[^name]</c>. Whether a text defines the note is known only at its end, so a reference is one by
/// its looks: a number, or a name right behind a word. A negated class of a regular expression such as <c>[^0-9]+</c> is none.
/// </summary>
internal static class FootnoteLabel
{
    private const int MaxLength = 32;

    private const int MaxDigits = 3;

    /// <summary>The length of the reference at the start of the text, or 0.</summary>
    public static int ReferenceLength(ReadOnlySpan<char> text, char before)
    {
        var length = BracketLength(text);
        if (length == 0 || (length < text.Length && text[length] is '(' or '+' or '*' or '?' or '{'))
        {
            return 0;
        }

        return char.IsAsciiDigit(text[2]) || !(before == '\0' || char.IsWhiteSpace(before)) ? length : 0;
    }

    /// <summary>The length of <c>[^label]:</c> at the start of the text, or 0.</summary>
    public static int DefinitionLength(ReadOnlySpan<char> text)
    {
        var length = BracketLength(text);
        return length > 0 && length < text.Length && text[length] == ':' ? length + 1 : 0;
    }

    /// <summary>Whether a text that ends here may still become a reference.</summary>
    public static bool MayBecomeReference(ReadOnlySpan<char> text) =>
        text.StartsWith("[^") && text.Length <= MaxLength && !text[2..].ContainsAnyExcept(LabelCharacters);

    private static readonly System.Buffers.SearchValues<char> LabelCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static int BracketLength(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("[^"))
        {
            return 0;
        }

        var end = text[..Math.Min(text.Length, MaxLength + 3)].IndexOf(']');
        if (end < 3)
        {
            return 0;
        }

        var label = text[2..end];
        var isNumber = label.Length <= MaxDigits && !label.ContainsAnyExceptInRange('0', '9');
        var isName = char.IsAsciiLetter(label[0]) && !label.ContainsAnyExcept(LabelCharacters);
        return isNumber || isName ? end + 1 : 0;
    }
}
