using System.Globalization;
using System.Text;
using BlazorChat.Messages;

namespace BlazorChat.Components.Layout;

/// <summary>A letter on a colour, so that authors are told apart at a glance (the name says it, too).</summary>
internal static class Avatar
{
    // As many as there are .c0, .c1… in app.css; inline styles are forbidden, so the colours are a fixed set of classes.
    private const int Colours = 10;

    private static readonly string[] Classes = [.. Enumerable.Range(0, Colours).Select(n => $"c{n}")];

    public static string ColourOf(Person? person) => person is null ? Classes[0] : ColourOf(person.AsAuthor());

    // FNV-1a over the id: string.GetHashCode differs from one start of the server to the next.
    public static string ColourOf(Author author)
    {
        var hash = 2166136261u;
        foreach (var c in author.Id)
        {
            hash = unchecked((hash ^ c) * 16777619u);
        }

        return Classes[hash % Colours];
    }

    /// <summary>The first letter or digit, else the first thing that can be seen.</summary>
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
