using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>A formula over several lines, shown as it was written.</summary>
internal sealed class FormulaBlock : LeafBlock
{
    /// <summary>Creates a block.</summary>
    public FormulaBlock(BlockParser parser, string end)
        : base(parser)
    {
        ProcessInlines = false;
        End = end;
    }

    /// <summary>What ends it.</summary>
    public string End { get; }
}

/// <summary>
/// Reads formulas in LaTeX's notation that begin a line and do not end in it: <c>\[</c>, <c>$$</c> and <c>\begin{…}</c>. Their lines may
/// begin like lists, quotations and headings. As in LaTeX, no formula has an empty line in it, so one that is never closed ends there.
/// </summary>
internal sealed class FormulaParser : BlockParser
{
    private const string Environment = @"\begin{";

    /// <summary>Creates the parser.</summary>
    public FormulaParser() => OpeningCharacters = ['\\', '$'];

    /// <summary>Whether the line begins a formula; the rest of the line decides whether it is one over several lines.</summary>
    public static bool Begins(ReadOnlySpan<char> line) => EndFor(line) is not null;

    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan();
        if (processor.IsCodeIndent || EndFor(line) is not { } end || line[2..].Contains(end, StringComparison.Ordinal))
        {
            return BlockState.None;
        }

        processor.NewBlocks.Push(new FormulaBlock(this, end) { Column = processor.Column, Span = new SourceSpan(processor.Start, processor.Line.End) });
        return BlockState.Continue;
    }

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        if (processor.IsBlankLine)
        {
            return BlockState.BreakDiscard;
        }

        block.UpdateSpanEnd(processor.Line.End);
        processor.GoToColumn(processor.ColumnBeforeIndent);
        return processor.Line.AsSpan().Contains(((FormulaBlock)block).End, StringComparison.Ordinal) ? BlockState.Break : BlockState.Continue;
    }

    private static string? EndFor(ReadOnlySpan<char> line)
    {
        if (line.StartsWith(@"\["))
        {
            return @"\]";
        }

        if (line.StartsWith("$$"))
        {
            return "$$";
        }

        var name = line.StartsWith(Environment) ? line.IndexOf('}') : -1;
        return name > 0 ? string.Concat(@"\end{", line[Environment.Length..(name + 1)]) : null;
    }
}
