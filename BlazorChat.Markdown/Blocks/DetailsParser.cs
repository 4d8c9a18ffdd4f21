using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>Content that is folded under a summary: <c>&lt;details&gt;</c> with Markdown in it.</summary>
internal sealed class DetailsBlock(BlockParser parser) : ContainerBlock(parser)
{
    /// <summary>Whether its last line was read.</summary>
    public bool IsAtEnd { get; set; }

    /// <summary>The line that is always seen, or null while there is none.</summary>
    public SummaryBlock? Summary => Count > 0 ? this[0] as SummaryBlock : null;
}

/// <summary>The summary of <see cref="DetailsBlock"/>.</summary>
internal sealed class SummaryBlock : LeafBlock
{
    /// <summary>Creates a summary from a line.</summary>
    public SummaryBlock(BlockParser parser, StringSlice text, int position)
        : base(parser)
    {
        ProcessInlines = true;
        IsOpen = false;
        Lines = new StringLineGroup(1);
        var line = new StringLine(text, 0, 0, position, NewLine.None);
        Lines.Add(ref line);
    }
}

/// <summary>
/// Reads <c>&lt;details&gt;</c> as a container, like a quotation: from a line that begins with the tag, up to the closing tag at the end of
/// a line. The tag has no attributes; with any, it is text. What is never closed ends with its container, so nothing outside is folded.
/// </summary>
internal sealed class DetailsParser : BlockParser
{
    /// <summary>The tag that begins a block.</summary>
    public const string Start = "<details>";

    /// <summary>The tag that ends it.</summary>
    public const string End = "</details>";

    /// <summary>The tag around the summary.</summary>
    public const string SummaryStart = "<summary>";

    private const string SummaryEnd = "</summary>";

    /// <summary>Creates the parser.</summary>
    public DetailsParser() => OpeningCharacters = ['<'];

    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor)
    {
        var line = processor.Line.AsSpan();
        if (processor.IsCodeIndent || !line.StartsWith(Start, StringComparison.OrdinalIgnoreCase) || !BoundedNesting.HasRoom(processor))
        {
            return BlockState.None;
        }

        var details = new DetailsBlock(this) { Column = processor.Column, Span = new SourceSpan(processor.Start, processor.Line.End) };
        processor.NewBlocks.Push(details);
        Skip(processor, Start.Length);
        return ReadTags(processor, details);
    }

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        var details = (DetailsBlock)block;
        if (details.IsAtEnd)
        {
            // Also its paragraph, which would take a line that follows directly.
            processor.Close(details);
            return BlockState.None;
        }

        details.UpdateSpanEnd(processor.Line.End);
        if (processor.IsBlankLine || BelongsFurtherIn(processor, details))
        {
            return BlockState.Continue;
        }

        return ReadTags(processor, details);
    }

    // Whether the line belongs to a fence or to a block of the same kind further in.
    private static bool BelongsFurtherIn(BlockProcessor processor, DetailsBlock details)
    {
        for (var block = processor.CurrentBlock; block is not null && block != details; block = block.Parent)
        {
            if (block is FencedCodeBlock or DetailsBlock { IsAtEnd: false })
            {
                return true;
            }
        }

        return false;
    }

    // Takes the tags of the block itself off the line; the rest is its content.
    private static BlockState ReadTags(BlockProcessor processor, DetailsBlock details)
    {
        if (processor.IsCodeIndent)
        {
            return BlockState.Continue;
        }

        // Another block that begins in this line also ends in it.
        var line = processor.Line.AsSpan();
        if (line.StartsWith(Start, StringComparison.OrdinalIgnoreCase))
        {
            return BlockState.Continue;
        }

        if (details.Count == 0 && line.StartsWith(SummaryStart, StringComparison.OrdinalIgnoreCase)
            && line.IndexOf(SummaryEnd, StringComparison.OrdinalIgnoreCase) is > 0 and var end)
        {
            var text = new StringSlice(processor.Line.Text, processor.Start + SummaryStart.Length, processor.Start + end - 1);
            text.Trim();
            details.Add(new SummaryBlock(details.Parser!, text, text.Start));
            Skip(processor, end + SummaryEnd.Length);
            line = processor.Line.AsSpan();
        }

        var content = line.TrimEnd();
        if (content.EndsWith(End, StringComparison.OrdinalIgnoreCase))
        {
            details.IsAtEnd = true;
            processor.Line.End = processor.Start + content.Length - End.Length - 1;
            line = processor.Line.AsSpan();
        }

        if (!line.IsWhiteSpace())
        {
            return BlockState.Continue;
        }

        // BreakDiscard would leave the block open for lines that follow, and None would give them the tag.
        return BlockState.ContinueDiscard;
    }

    private static void Skip(BlockProcessor processor, int characters)
    {
        for (var i = 0; i < characters; i++)
        {
            processor.NextColumn();
        }

        processor.RestartIndent();
        processor.ParseIndent();
    }
}
