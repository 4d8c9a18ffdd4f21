using System.Globalization;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>Characters that people and pages write for others: a number copied from a bank's page has spaces that do not break, a Japanese keyboard writes wide digits.</summary>
internal static class WrittenForms
{
    private const int WideOffset = 0xFEE0;

    /// <summary>Whether a character shows nothing, so that it may be inside what it only seems to separate.</summary>
    public static bool IsInvisible(char character) =>
        character is '\u00AD' or '\u034F' or '\u180E' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u2069') or '\uFEFF';

    /// <summary>The ASCII character that is meant; the character itself if none is.</summary>
    public static char Usual(char character) => character switch
    {
        < (char)128 => character,
        '\u00A0' or '\u202F' or '\u205F' or '\u3000' or (>= '\u2000' and <= '\u200A') => ' ',
        (>= '\u2010' and <= '\u2015') or '\u2212' or '\uFE63' => '-',
        '\u3002' or '\u2024' => '.',
        '\uFE6B' => '@',
        >= '\uFF01' and <= '\uFF5E' => (char)(character - WideOffset),
        _ when CharUnicodeInfo.GetDecimalDigitValue(character) is >= 0 and var digit => (char)('0' + digit),
        _ => character,
    };

    /// <summary>A text in its usual form, without what shows nothing.</summary>
    public static string Usual(string text) => string.Create(
        text.Count(character => !IsInvisible(character)), text, static (usual, text) =>
        {
            var at = 0;
            foreach (var character in text)
            {
                if (!IsInvisible(character))
                {
                    usual[at++] = Usual(character);
                }
            }
        });
}
