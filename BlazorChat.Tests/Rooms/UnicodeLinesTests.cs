using System.Globalization;
using System.IO.Compression;
using System.Text;
using BlazorChat.Tests.Support;
using BlazorChat.Text;

namespace BlazorChat.Tests.Rooms;

/// <summary>
/// Unicode's own test lines: NormalizationTest.txt (of the Hangul syllables each fiftieth), CaseFolding.txt, confusables.txt, and the property
/// NFKC_Casefold. eng/unicode/tables.mjs writes the lines as they are, and the tables of what they say.
/// </summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class UnicodeLinesTests
{
    // These contradict another rule: case (Λ and Ʌ look alike, λ and ʌ do not), the decomposition (Ⓒ is c, not ©), or accents (ț and ƫ).
    private const int MostExceptions = 110;

    private static readonly Lazy<ILookup<string, string>> Lines = new(Read);

    [Fact]
    public void Every_line_of_NormalizationTest_is_decomposed_as_it_says()
    {
        var listed = new HashSet<int>();
        var part1 = false;
        foreach (var line in Lines.Value["NormalizationTest"])
        {
            if (line.StartsWith('@'))
            {
                part1 = line == "@Part1";
                continue;
            }

            var columns = line.Split(';').Select(TextOf).ToArray();
            Assert.All(columns, c => Assert.Equal(columns[4], Text(UnicodeText.Decompose(c))));
            if (part1)
            {
                listed.Add(columns[0].EnumerateRunes().Single().Value);
            }
        }

        Assert.InRange(listed.Count, 5_000, 20_000);
        // What is not listed stays as it is.
        for (var codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (codePoint is not ((>= 0xD800 and <= 0xDFFF) or (>= 0xAC00 and <= 0xD7A3)) && !listed.Contains(codePoint)
                && UnicodeText.Decompose(new Rune(codePoint).ToString()) is not [var same])
            {
                Assert.Fail($"U+{codePoint:X4} is decomposed.");
            }
        }
    }

    [Fact]
    public void Every_line_of_CaseFolding_is_one_name()
    {
        foreach (var columns in Lines.Value["CaseFolding"].Select(l => l.Split(';')))
        {
            // Turkish alone has T.
            if (columns[1] is "C" or "F" or "S")
            {
                var (capital, small) = (TextOf(columns[0]), TextOf(columns[2]));
                Assert.Equal(NameKeys.Of(capital), NameKeys.Of(small));
                Assert.Equal(NameKeys.Of($"中{capital}中"), NameKeys.Of($"中{small}中"));
            }
        }
    }

    [Fact]
    public void Case_is_folded_and_the_ignorable_is_left_out_as_the_property_says()
    {
        foreach (var columns in Lines.Value["NFKC_CF"].Select(l => l.Split(';')))
        {
            var range = columns[0].Split("..");
            for (var at = Number(range[0]); at <= Number(range[^1]); at++)
            {
                var folded = UnicodeText.Fold(UnicodeText.Decompose(new Rune(at).ToString()));
                folded.RemoveAll(UnicodeTables.Shared.IsIgnorable);
                Assert.Equal(Text(UnicodeText.Decompose(TextOf(columns[1]))), Text(folded));
            }
        }
    }

    [Fact]
    public void Every_line_of_confusables_looks_alike()
    {
        var exceptions = new List<string>();
        var count = 0;
        foreach (var columns in Lines.Value["confusables"].Select(l => l.Split(';')))
        {
            count++;
            var (source, target) = (TextOf(columns[0]), TextOf(columns[1]));
            // Behind a letter, as a mark belongs to one.
            if (!NameKeys.Clash($"中{source}", $"中{target}"))
            {
                exceptions.Add($"{source} {columns[0]} and {target}: {NameKeys.Of(source)}, {NameKeys.OfLooks(target)}");
                // What looks like letters of English looks so whatever else it is.
                Assert.False(target.All(char.IsAsciiLetterOrDigit), exceptions[^1]);
            }
        }

        Assert.Equal(6_311, count);
        Assert.True(exceptions.Count <= MostExceptions, $"{exceptions.Count} lines:\n{string.Join('\n', exceptions)}");
    }

    private static ILookup<string, string> Read()
    {
        using var packed = typeof(UnicodeLinesTests).Assembly.GetManifestResourceStream("UnicodeLines.br")!;
        using var reader = new StreamReader(new BrotliStream(packed, CompressionMode.Decompress));
        var section = "";
        var lines = new List<(string Section, string Line)>();
        while (reader.ReadLine() is { } line)
        {
            if (line is "NormalizationTest" or "CaseFolding" or "confusables" or "NFKC_CF")
            {
                section = line;
            }
            else
            {
                lines.Add((section, line));
            }
        }

        return lines.ToLookup(l => l.Section, l => l.Line);
    }

    private static int Number(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string TextOf(string column) => string.Concat(column.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(h => new Rune(Number(h)).ToString()));

    private static string Text(List<int> codePoints) => string.Concat(codePoints.Select(c => new Rune(c).ToString()));
}
