using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Text;

/// <summary>
/// Keys of names. Two names clash, because one could be taken for the other, if they have a key in common: whatever their case, whether letters
/// are composed or not, with look-alike letters of other alphabets, with characters that show nothing, and with more or other space. Accents
/// that people write their names with make a difference (decision 46).
/// </summary>
internal static class NameKeys
{
    /// <summary>The version of tables and rules. Keys of another version that were stored must be made again.</summary>
    public const int Version = 1;

    /// <summary>The most characters of a key.</summary>
    public const int MaxLength = 256;

    private const int LastLatinOrGreekOrCyrillic = 0x052F;

    /// <summary>
    /// The key of a name. A name that is written in another alphabet alone has it whatever its case. In a name with Latin letters, the capitals
    /// of other alphabets are what they look like, because they are there to imitate.
    /// </summary>
    public static string Of(string name) => Make(name, isAsWritten: false);

    /// <summary>The key of what a name looks like as it is written: the same, unless it has capitals that look like another letter than their small ones do (Ν and ν).</summary>
    public static string OfLooks(string name) => Make(name, isAsWritten: true);

    /// <summary>Both keys, or the one. A name is taken if any of them belongs to somebody else.</summary>
    public static ImmutableArray<string> AllOf(string name)
    {
        var key = Of(name);
        var looks = OfLooks(name);
        return key == looks ? [key] : [key, looks];
    }

    /// <summary>Whether one name could be taken for the other.</summary>
    public static bool Clash(string name, string other) => AllOf(name).Intersect(AllOf(other), StringComparer.Ordinal).Any();

    private static string Make(string name, bool isAsWritten)
    {
        var tables = UnicodeTables.Shared;
        var decomposed = Decompose(name, isAsWritten, isAsWritten);
        if (!isAsWritten && decomposed.Exists(c => c < 0x80 && char.IsAsciiLetter((char)c)) && decomposed.Exists(c => c >= 0x80))
        {
            decomposed = Decompose(name, isForeignAsWritten: true, isLatinAsWritten: false);
        }

        var looks = new List<int>(decomposed.Count + 8);
        foreach (var codePoint in UnicodeText.Fold(decomposed))
        {
            if (tables.IsIgnorable(codePoint))
            {
                continue;
            }

            if (tables.Looks.TryGet(codePoint, out var seen))
            {
                looks.AddRange(seen);
            }
            else
            {
                looks.Add(codePoint);
            }
        }

        UnicodeText.Order(looks);
        return Bounded(Write(looks));
    }

    // Without what shows nothing: it must not keep marks from being ordered.
    private static List<int> Decompose(string name, bool isForeignAsWritten, bool isLatinAsWritten)
    {
        var tables = UnicodeTables.Shared;
        var result = new List<int>(name.Length + 8);
        var parts = new List<int>(4);
        foreach (var rune in name.EnumerateRunes())
        {
            if (tables.IsIgnorable(rune.Value))
            {
                continue;
            }

            // Decomposed, some would not look like themselves any more.
            if (tables.Signs.TryGet(rune.Value, out var seen) || IsAsWritten(rune.Value, out seen))
            {
                result.AddRange(seen);
                continue;
            }

            parts.Clear();
            UnicodeText.AddDecomposed(parts, rune.Value);
            foreach (var part in parts)
            {
                if (IsAsWritten(part, out seen))
                {
                    result.AddRange(seen);
                }
                else
                {
                    result.Add(part);
                }
            }
        }

        UnicodeText.Order(result);
        return result;

        bool IsAsWritten(int codePoint, out ReadOnlySpan<int> looks)
        {
            looks = default;
            return (isForeignAsWritten && tables.Foreign.TryGet(codePoint, out looks)) || (isLatinAsWritten && tables.Latin.TryGet(codePoint, out looks));
        }
    }

    private static string Write(List<int> looks)
    {
        var key = new StringBuilder(looks.Count + 8);
        var isSpace = true;
        // The marks of the letter before, from here.
        var (letter, marks) = (' ', 0);
        for (var at = 0; at < looks.Count; at++)
        {
            var rune = new Rune(looks[at]);
            if (Rune.IsWhiteSpace(rune))
            {
                isSpace = true;
            }
            else if (IsMark(rune.Value) && letter <= LastLatinOrGreekOrCyrillic)
            {
                // No letter of an everyday name has this mark, or has it twice: it decorates.
                if (isSpace || !UnicodeTables.Shared.Accents.TryGet(letter, out var everyday) || !everyday.Contains(rune.Value) || looks.IndexOf(rune.Value, marks, at - marks) >= 0)
                {
                    continue;
                }

                key.Append(rune);
            }
            else
            {
                if (isSpace && key.Length > 0)
                {
                    key.Append(' ');
                }

                isSpace = false;
                key.Append(rune);
                if (!IsMark(rune.Value))
                {
                    (letter, marks) = (rune.IsBmp ? (char)rune.Value : char.MaxValue, at + 1);
                }
            }
        }

        return key.ToString();
    }

    // A few signs become many letters: ﷺ is a sentence.
    private static string Bounded(string key)
    {
        if (key.Length <= MaxLength)
        {
            return key;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return $"{TextCut.Beginning(key, MaxLength - hash.Length - 1)}#{hash}";
    }

    // The marks that can stand on any letter, and those of Hebrew and Arabic, whose letters are Latin ones after folding; not those that are
    // vowels in other scripts.
    private static bool IsMark(int codePoint) => codePoint is (>= 0x0300 and <= 0x036F) or (>= 0x0483 and <= 0x0489) or (>= 0x0591 and <= 0x05C7)
        or (>= 0x0610 and <= 0x061A) or (>= 0x064B and <= 0x065F) or 0x0670 or (>= 0x06D6 and <= 0x06ED) or (>= 0x08CA and <= 0x08FF)
        or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1CD0 and <= 0x1CF9) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF)
        or (>= 0x302A and <= 0x302F) or 0x3099 or 0x309A or (>= 0xFE20 and <= 0xFE2F);
}
