using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>The text of a footnote, shown where it stands.</summary>
internal sealed class FootnoteBlock(BlockParser parser) : ContainerBlock(parser)
{
    /// <summary>The label as written.</summary>
    public required string Label { get; init; }
}

/// <summary>
/// Reads <c>[^label]: text</c> and the indented lines below it. Markdig's own footnotes move to the end of the text and link with ids: a
/// text that grows would move them again and again, and ids of messages would collide.
/// </summary>
internal sealed class FootnoteParser : BlockParser
{
    private const int LeastIndent = 2;

    private const int MostIndent = 4;

    /// <summary>Creates the parser.</summary>
    public FootnoteParser() => OpeningCharacters = ['['];

    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan();
        var length = FootnoteLabel.DefinitionLength(line);
        if (processor.IsCodeIndent || length == 0 || !BoundedNesting.HasRoom(processor))
        {
            return BlockState.None;
        }

        processor.NewBlocks.Push(new FootnoteBlock(this)
        {
            Label = line[2..(length - 2)].ToString(),
            Column = processor.Column,
            Span = new SourceSpan(processor.Start, processor.Line.End),
        });
        var content = line[length..].TrimStart(" \t");
        for (var skip = line.Length - content.Length; skip > 0; skip--)
        {
            processor.NextChar();
        }

        return content.IsEmpty ? BlockState.ContinueDiscard : BlockState.Continue;
    }

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        if (!processor.IsBlankLine && processor.Indent < LeastIndent)
        {
            return BlockState.None;
        }

        block.UpdateSpanEnd(processor.Line.End);
        if (processor.Indent > MostIndent)
        {
            processor.GoToColumn(processor.ColumnBeforeIndent + MostIndent);
        }

        return BlockState.Continue;
    }
}
