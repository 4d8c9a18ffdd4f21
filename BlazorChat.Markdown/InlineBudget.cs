using System.Buffers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Keeps hostile text from hanging the parser. Markdig's inline parsing is quadratic in places: open brackets and emphasis marks nest and
/// are walked for every piece of text, a link's destination is searched to the end for every <c>](</c>, and a bare URL looks back over
/// everything before it. Each mark costs at most one visit of the block's characters, measured at 0.3 to 1.5 ns per visit (100,000 times
/// <c>[</c>, <c>*a</c>, <c>[a](b</c>, <c>|:</c>, <c>http://a.b</c>…). A block that exceeds its budget is shown as plain text.
/// </summary>
internal sealed class InlineBudget(long maxBlockCost, long maxTextCost)
{
    /// <summary>
    /// For a finished text: 24 million visits per block, at most about 35 ms, and 40 million for the whole text. 8 KB of prose with 300
    /// marks need 2.5 million; a table of 200 rows with a link and bold words in each needs 12 million.
    /// </summary>
    public static InlineBudget Finished { get; } = new(maxBlockCost: 24_000_000, maxTextCost: 40_000_000);

    /// <summary>For the open block of a live text, which is short and parsed ten times per second: at most a few milliseconds.</summary>
    public static InlineBudget Live { get; } = new(maxBlockCost: 5_000_000, maxTextCost: 8_000_000);

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

    private static readonly SearchValues<char> Marks = SearchValues.Create("*~_[]`:.|<&\\!");

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
        long costly = 0;
        long marks = 0;
        long length = 0;
        long openBrackets = 0;
        var widestRow = 0;
        for (var i = 0; i < leaf.Lines.Count; i++)
        {
            var line = leaf.Lines.Lines[i].Slice.AsSpan();
            var pipes = 0;
            length += line.Length + 1;
            for (var at = line.IndexOfAny(Marks); at >= 0 && at < line.Length && marks <= MaxBlockMarks;)
            {
                var mark = line[at];
                var run = RunLength(line, at);
                marks += run;
                costly += mark switch
                {
                    '<' or '&' or '\\' or '!' => 0,
                    '[' => run,
                    ']' => Math.Max(0, run - openBrackets),
                    '|' => openBrackets > 0 ? run : 0,
                    '`' => run >= 3 ? 1 : 0,
                    '_' when IsWordAt(line, at - 1) && IsWordAt(line, at + run) => 0,
                    ':' => IsCostlyColon(line, at, run) ? run : 0,
                    '.' => at > 0 && line[at - 1] == 'w' ? 1 : 0,
                    _ => 1 + (run / 4),
                };
                pipes += mark == '|' ? run : 0;
                openBrackets = mark switch
                {
                    '[' => openBrackets + run,
                    ']' => Math.Max(0, openBrackets - run),
                    _ => openBrackets,
                };
                var next = line[(at + run)..].IndexOfAny(Marks);
                at = next < 0 ? line.Length : at + run + next;
            }

            widestRow = Math.Max(widestRow, pipes);
            if (marks > MaxBlockMarks)
            {
                break;
            }
        }

        return (costly * length, marks, widestRow <= 1 ? 0 : (long)widestRow * leaf.Lines.Count);
    }

    private static int RunLength(ReadOnlySpan<char> line, int at)
    {
        var end = line[at..].IndexOfAnyExcept(line[at]);
        return end < 0 ? line.Length - at : end;
    }

    private static bool IsWordAt(ReadOnlySpan<char> line, int at) =>
        at >= 0 && at < line.Length && char.IsLetterOrDigit(line[at]);

    // ':' makes Markdig scan the whole line before a pipe, and is part of "http://", "https://" and "mailto:".
    private static bool IsCostlyColon(ReadOnlySpan<char> line, int at, int run)
    {
        var next = at + run < line.Length ? line[at + run] : '\0';
        return next is '|' or '/' || (at > 0 && line[at - 1] == 'o');
    }

    private sealed class Spent
    {
        public long Cost { get; set; }
    }
}
