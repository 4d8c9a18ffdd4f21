using System.Globalization;
using System.Text;
using BlazorChat.Messages;

namespace BlazorChat.Components.Layout;

/// <summary>The letter and the color of an author's picture. They tell authors apart at a glance; the name is always shown, too.</summary>
internal static class Avatar
{
    // The number of classes .c0, .c1… in app.css. Inline styles are forbidden, so the colors are a fixed set of classes.
    private const int Colors = 10;

    private static readonly string[] Classes = [.. Enumerable.Range(0, Colors).Select(n => $"c{n}")];

    public static string ColorOf(Person? person) => person is null ? Classes[0] : ColorOf(person.AsAuthor());

    // FNV-1a over the id: string.GetHashCode differs from one start of the server to the next.
    public static string ColorOf(Author author)
    {
        var hash = 2166136261u;
        foreach (var c in author.Id)
        {
            hash = unchecked((hash ^ c) * 16777619u);
        }

        return Classes[hash % Colors];
    }

    /// <summary>The first letter or digit of a name, or its first character if it has neither.</summary>
    public static string LetterOf(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "?";
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                return Rune.ToUpperInvariant(rune).ToString();
            }
        }

        return StringInfo.GetNextTextElement(name);
    }
}
