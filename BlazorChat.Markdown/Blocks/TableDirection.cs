using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>
/// The direction of a table: that of the first letter in its head. The browser cannot find it, because it skips cells, which have a
/// direction each.
/// </summary>
internal static class TableDirection
{
    private static readonly object DirectionKey = new();

    private static readonly object RightToLeft = new();

    private static readonly object LeftToRight = new();

    /// <summary>Whether the first column is on the right.</summary>
    public static bool IsRightToLeft(Table table)
    {
        if (table.GetData(DirectionKey) is not { } known)
        {
            known = table.Count > 0 && DirectionOf(table[0]) is true ? RightToLeft : LeftToRight;
            table.SetData(DirectionKey, known);
        }

        return ReferenceEquals(known, RightToLeft);
    }

    /// <summary>Whether a cell has a letter. Without one, such as with numbers, it follows the table.</summary>
    public static bool HasDirection(Block cell) => DirectionOf(cell) is not null;

    // Whether the first letter is written from right to left; null without one. Code says nothing.
    private static bool? DirectionOf(Block block)
    {
        foreach (var literal in block.Descendants<LiteralInline>())
        {
            foreach (var rune in literal.Content.AsSpan().EnumerateRunes())
            {
                if (Rune.IsLetter(rune))
                {
                    return IsRightToLeft(rune);
                }
            }
        }

        return null;
    }

    // Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbors, the presentation forms, and the scripts of the supplementary plane.
    private static bool IsRightToLeft(Rune rune) =>
        rune.Value is >= 0x0590 and <= 0x08FF or >= 0xFB1D and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF or >= 0x10800 and <= 0x10FFF or >= 0x1E800 and <= 0x1EFFF;
}
