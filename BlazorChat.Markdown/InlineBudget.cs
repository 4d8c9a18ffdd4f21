using System.Buffers;
using System.Runtime.InteropServices;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Keeps hostile text from hanging the parser. Markdig's inline parsing is quadratic in places: each piece of text is put into the innermost
/// open bracket, which is found by walking through all open ones; a link's destination is searched to the end for every <c>](</c>; a colon
/// before a pipe looks at its whole line. The cost of a block is the number of brackets and characters that are visited again, at 0.3 to
/// 10 ns each (100,000 times <c>[</c>, <c>[a](b</c>, <c>|:</c>…). A block that exceeds its budget is shown as plain text. Emphasis costs
/// nothing here: <see cref="MarkPairs"/> takes time proportional to the number of marks.
/// </summary>
internal sealed class InlineBudget(long maxBlockCost, long maxTextCost)
{
    /// <summary>
    /// For a finished text: 4 million visits per block, at most about 40 ms, and 6 million for the whole text. 33 KB of prose with a thousand
    /// links need 0.1 million.
    /// </summary>
    public static InlineBudget Finished { get; } = new(maxBlockCost: 4_000_000, maxTextCost: 6_000_000);

    /// <summary>For the open block of a live text, which is short and parsed ten times per second: at most a few milliseconds.</summary>
    public static InlineBudget Live { get; } = new(maxBlockCost: 800_000, maxTextCost: 1_200_000);

    /// <summary>
    /// Most marks of one block, including cheap ones. Each ends a run of text at about 100 ns, so 100 KB of nothing but marks take 10 ms.
    /// </summary>
    public const long MaxBlockMarks = 100_000;

    /// <summary>
    /// Most cells of one table, including the padding of short rows: a row of 1,000 cells above 1,000 rows of one cell would give a
    /// million.
    /// </summary>
    public const long MaxTableCells = 50_000;

    private static readonly object SpentKey = new();

    private static readonly SearchValues<char> Marks = SearchValues.Create("*~_[]`:|<&\\!$");

    /// <summary>Called when Markdig has all lines of a paragraph or heading, but has not yet parsed its inlines.</summary>
    public void Spend(BlockProcessor processor, Block block)
    {
        if (block is not LeafBlock leaf || leaf.Lines.Lines is null)
        {
            return;
        }

        var (cost, marks, cells) = Measure(leaf);
        if (cost == 0 && marks <= MaxBlockMarks && cells <= MaxTableCells)
        {
            return;
        }

        if (processor.Document.GetData(SpentKey) is not Spent spent)
        {
            spent = new Spent();
            processor.Document.SetData(SpentKey, spent);
        }

        if (cost > maxBlockCost || spent.Cost + cost > maxTextCost || marks > MaxBlockMarks || cells > MaxTableCells)
        {
            leaf.ProcessInlines = false;
            return;
        }

        spent.Cost += cost;
    }

    private static (long Cost, long Marks, long Cells) Measure(LeafBlock leaf)
    {
        var left = leaf.Lines.Count;
        for (var i = 0; i < leaf.Lines.Count; i++)
        {
            left += leaf.Lines.Lines[i].Slice.Length;
        }

        var meter = new Meter(left);
        var widestRow = 0;
        for (var i = 0; i < leaf.Lines.Count && meter.Marks <= MaxBlockMarks; i++)
        {
            widestRow = Math.Max(widestRow, meter.Read(leaf.Lines.Lines[i].Slice.AsSpan()));
        }

        return (meter.Cost, meter.Marks, widestRow <= 1 ? 0 : (long)widestRow * leaf.Lines.Count);
    }

    // Follows the parser through a block, without its work.
    [StructLayout(LayoutKind.Auto)]
    private struct Meter(int length)
    {
        // On average, every eighth letter may begin an address and ends a piece of text.
        private const int PieceLength = 8;

        private int _left = length;
        private long _open;
        private long _pipes;

        public long Cost { get; private set; }

        public long Marks { get; private set; }

        // Returns the number of pipes in the line.
        public int Read(ReadOnlySpan<char> line)
        {
            var pipes = 0;
            for (var at = 0; at < line.Length && Marks <= MaxBlockMarks;)
            {
                var text = line[at..].IndexOfAny(InlineBudget.Marks);
                text = text < 0 ? line.Length - at : text;
                Cost += _open * (1 + (text / PieceLength));
                at += text;
                if (at < line.Length)
                {
                    var run = RunLength(line, at);
                    Marks += run;
                    pipes += line[at] == '|' ? run : 0;
                    ReadMark(line, at, run);
                    at += run;
                }
            }

            // Each address takes about as long as four marks, and each line counts as one.
            Marks += 1 + (MarksPerAddress * (line.Count("://") + line.Count("www.") + line.Count("mailto:")));
            _left -= line.Length + 1;
            return pipes;
        }

        private void ReadMark(ReadOnlySpan<char> line, int at, int run)
        {
            switch (line[at])
            {
                case '[':
                    Cost += run * (_open + (run / 2));
                    _open += run;
                    break;
                case ']':
                    Cost += run * _open;
                    _open = Math.Max(0, _open - run);
                    Cost += at + run < line.Length && line[at + run] == '(' ? DestinationCost(line[(at + run)..], _left - at - run) : 0;
                    break;
                case '|':
                    _pipes += run;
                    Cost += _open > 0 ? run * _pipes : 0;
                    break;
                case ':':
                    Cost += at + run < line.Length && line[at + run] == '|' ? 10 * line.Length : 0;
                    break;
                case '`' when run >= LongRun:
                    Cost += _left / PieceLength;
                    break;
                default:
                    Cost += run * _open;
                    break;
            }
        }

        // A destination ends with its bracket or at a space. A title behind it ends with its quotation mark, which may be missing.
        private static long DestinationCost(ReadOnlySpan<char> text, int left)
        {
            var end = text[..Math.Min(text.Length, SafeLinks.MaxLength)].IndexOfAny(") \t<");
            return end < 0 ? 10L * left : text[end] == ')' ? 10L * end : left;
        }

        private const int LongRun = 3;

        private const int MarksPerAddress = 4;
    }

    private static int RunLength(ReadOnlySpan<char> line, int at)
    {
        var end = line[at..].IndexOfAnyExcept(line[at]);
        return end < 0 ? line.Length - at : end;
    }

    private sealed class Spent
    {
        public long Cost { get; set; }
    }
}
