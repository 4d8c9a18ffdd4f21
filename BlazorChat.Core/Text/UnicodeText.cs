namespace BlazorChat.Text;

/// <summary>Normalization and case folding of Unicode, as code points.</summary>
internal static class UnicodeText
{
    // Hangul syllables are computed from their parts (The Unicode Standard, 3.12).
    private const int FirstSyllable = 0xAC00;
    private const int Syllables = 11_172;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int BeforeTails = 0x11A7;
    private const int Tails = 28;
    private const int VowelsAndTails = 21 * Tails;

    private const int FirstMark = 0x0300;

    /// <summary>The compatibility decomposition of a text (NFKD).</summary>
    public static List<int> Decompose(string text)
    {
        var result = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            AddDecomposed(result, rune.Value);
        }

        Order(result);
        return result;
    }

    /// <summary>Adds a character's compatibility decomposition, without ordering its marks.</summary>
    public static void AddDecomposed(List<int> text, int codePoint)
    {
        var syllable = codePoint - FirstSyllable;
        if (syllable is >= 0 and < Syllables)
        {
            text.Add(FirstLead + (syllable / VowelsAndTails));
            text.Add(FirstVowel + (syllable % VowelsAndTails / Tails));
            if (syllable % Tails is > 0 and var tail)
            {
                text.Add(BeforeTails + tail);
            }
        }
        else if (UnicodeTables.Shared.Decompositions.TryGet(codePoint, out var parts))
        {
            text.AddRange(parts);
        }
        else
        {
            text.Add(codePoint);
        }
    }

    /// <summary>A decomposed text with its case folded, decomposed again.</summary>
    public static List<int> Fold(List<int> text)
    {
        var result = new List<int>(text.Count + 8);
        foreach (var codePoint in text)
        {
            if (!UnicodeTables.Shared.Folds.TryGet(codePoint, out var folded))
            {
                result.Add(codePoint);
                continue;
            }

            foreach (var part in folded)
            {
                AddDecomposed(result, part);
            }
        }

        Order(result);
        return result;
    }

    /// <summary>Puts marks that stand side by side into their canonical order.</summary>
    public static void Order(List<int> text)
    {
        var tables = UnicodeTables.Shared;
        for (var at = 1; at < text.Count; at++)
        {
            var mark = text[at];
            if (mark < FirstMark || tables.ClassOf(mark) is not (> 0 and var own))
            {
                continue;
            }

            var to = at;
            for (; to > 0 && tables.ClassOf(text[to - 1]) > own; to--)
            {
                text[to] = text[to - 1];
            }

            text[to] = mark;
        }
    }
}
