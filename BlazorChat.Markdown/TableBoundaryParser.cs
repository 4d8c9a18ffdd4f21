using System.Buffers;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Finds where a pipe table, or a paragraph in folded content, begins and ends among lines without blank lines between. Models write "Here it is:" right above a table and
/// continue right below it. Markdig takes all of that as one paragraph and, after a line without a pipe, shows the raw pipes. As in
/// GitHub's specification, a table may interrupt a paragraph, and a line that is not a row ends it. In tables whose header begins with a
/// pipe (all that models write), every row must begin with one.
/// </summary>
internal sealed class TableBoundaryParser : BlockParser
{
    private const int CodeIndent = 4;

    private static readonly SearchValues<char> DelimiterRow = SearchValues.Create("|-: \t\n");

    private static readonly object IsTableKey = new();

    private static readonly object Yes = new();

    private static readonly object No = new();

    /// <summary>
    /// Puts the parser before all others for every first character, because Markdig asks parsers by first character first.
    /// </summary>
    public static void AddTo(OrderedList<BlockParser> parsers)
    {
        parsers.Insert(0, new TableBoundaryParser());
        parsers.Insert(0, new TableBoundaryParser { OpeningCharacters = [.. "-+*_=0123456789"] });
    }

    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan();
        if (line.IsEmpty || processor.CurrentBlock is not ParagraphBlock paragraph || paragraph.Lines.Count == 0)
        {
            return BlockState.None;
        }

        if (paragraph.Parent is DetailsBlock or FootnoteBlock && !paragraph.Parent.IsOpen && line[0] is '=' or '-' && !line.TrimEnd().ContainsAnyExcept(line[0]))
        {
            // A line that does not belong to the container must not underline what is in it. Markdig knows this of its own containers only.
            processor.Close(paragraph);
            return BlockState.None;
        }

        if (IsTable(paragraph))
        {
            if (line[0] != '|')
            {
                // The next parsers find no open paragraph to continue, and begin something new.
                processor.Close(paragraph);
            }

            return BlockState.None;
        }

        return line[0] == '|' && paragraph.Lines.Count > 1 && !processor.IsCodeIndent && IsDelimiterRow(line) && IsHeaderFor(paragraph, line)
            ? Split(processor, paragraph)
            : BlockState.None;
    }

    /// <summary>Whether a line is the row of dashes below a table's header.</summary>
    public static bool IsDelimiterRow(ReadOnlySpan<char> line) =>
        line.Contains('-') && line.Contains('|') && !line.ContainsAnyExcept(DelimiterRow);

    private static bool IsTable(ParagraphBlock paragraph)
    {
        if (paragraph.Lines.Count < 2)
        {
            return false;
        }

        // Asked for every further line of the paragraph, whose first two lines never change.
        if (paragraph.GetData(IsTableKey) is { } known)
        {
            return ReferenceEquals(known, Yes);
        }

        var header = paragraph.Lines.Lines[0].Slice.AsSpan().TrimStart();
        var isTable = header.StartsWith("|") && IsDelimiterRow(paragraph.Lines.Lines[1].Slice.AsSpan());
        paragraph.SetData(IsTableKey, isTable ? Yes : No);
        return isTable;
    }

    private static bool IsHeaderFor(ParagraphBlock paragraph, ReadOnlySpan<char> delimiterRow)
    {
        // An indented line continues a paragraph, but would be code by itself.
        ref var header = ref paragraph.Lines.Lines[paragraph.Lines.Count - 1];
        var last = header.Slice.AsSpan().Trim();
        return header.Column - paragraph.Column < CodeIndent
            && last.StartsWith("|") && Columns(last) == Columns(delimiterRow.Trim());
    }

    private static int Columns(ReadOnlySpan<char> row)
    {
        var columns = row.EndsWith("|") && !row.EndsWith("\\|") ? -1 : 0;
        for (var i = 0; i < row.Length; i++)
        {
            columns += row[i] == '|' && (i == 0 || row[i - 1] != '\\') ? 1 : 0;
        }

        return columns;
    }

    private static BlockState Split(BlockProcessor processor, ParagraphBlock paragraph)
    {
        var header = paragraph.Lines.Lines[paragraph.Lines.Count - 1];
        paragraph.Lines.RemoveAt(paragraph.Lines.Count - 1);
        paragraph.Span = new SourceSpan(paragraph.Span.Start, header.Position - 1);
        var parser = paragraph.Parser;
        processor.Close(paragraph);

        var table = new ParagraphBlock(parser)
        {
            Column = header.Column,
            Span = new SourceSpan(header.Position, processor.Line.End),
            Lines = new StringLineGroup(4),
        };
        table.Lines.Add(ref header);
        processor.NewBlocks.Push(table);
        return BlockState.Continue;
    }
}
