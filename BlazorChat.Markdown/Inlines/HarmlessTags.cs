namespace BlazorChat.Markdown;

/// <summary>
/// The tags that are drawn instead of shown: models write them where Markdown has no mark. Only without attributes, so that a text can
/// choose nothing but the element.
/// </summary>
internal static class HarmlessTags
{
    /// <summary>The tag that breaks a line.</summary>
    public const string Break = "br";

    private static readonly string[] Inline = [Break, "sub", "sup", "kbd"];

    private const int LongestTag = 8;

    /// <summary>Reads the tag at the start of the text.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out Tag tag)
    {
        tag = default;
        var end = text[..Math.Min(text.Length, LongestTag)].IndexOf('>');
        if (end < 0)
        {
            return false;
        }

        var name = text[1..end];
        var isEnd = name.StartsWith("/");
        name = isEnd ? name[1..] : name;
        foreach (var element in Inline)
        {
            var isThis = element == Break
                ? !isEnd && name.TrimEnd('/').TrimEnd(' ').Equals(element, StringComparison.OrdinalIgnoreCase)
                : name.Equals(element, StringComparison.OrdinalIgnoreCase);
            if (isThis)
            {
                tag = new Tag(element, isEnd, end + 1);
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the text is the whole of a tag, such as <c>&lt;details&gt;</c>.</summary>
    public static bool StartsWith(ReadOnlySpan<char> text, string tag) => text.StartsWith(tag, StringComparison.OrdinalIgnoreCase);

    /// <summary>A tag in a text.</summary>
    /// <param name="Element">The name of the element.</param>
    /// <param name="IsEnd">Whether it ends the element.</param>
    /// <param name="Length">Its length in the text.</param>
    internal readonly record struct Tag(string Element, bool IsEnd, int Length);
}
