using System.Text;

namespace BlazorChat.Assistants.Providers;

/// <summary>The rules for the <c>name</c> of a message at OpenAI: 1 to 64 ASCII letters, digits, underscores and hyphens.</summary>
internal static class OpenAINames
{
    private const int MaxLength = 64;

    /// <summary>Whether OpenAI accepts this name unchanged.</summary>
    public static bool Fits(string name) => name.Length is >= 1 and <= MaxLength && name.All(IsAllowed);

    /// <summary>The name with underscores for characters that are not allowed, cut to 64 characters; null if no letter or digit is left.</summary>
    public static string? Sanitize(string? name)
    {
        if (name is null)
        {
            return null;
        }

        var sanitised = new StringBuilder(MaxLength);
        foreach (var rune in name.EnumerateRunes())
        {
            if (sanitised.Length == MaxLength)
            {
                break;
            }

            sanitised.Append(rune.IsAscii && IsAllowed((char)rune.Value) ? (char)rune.Value : '_');
        }

        var result = sanitised.ToString();
        return result.Any(char.IsAsciiLetterOrDigit) ? result : null;
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
