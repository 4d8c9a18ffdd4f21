using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Markdig's fences, also where they are indented by four or more: models indent whole answers. CommonMark would show such a fence as code,
/// with its backticks. In lists, indentation has a meaning, so nothing changes there.
/// </summary>
internal sealed class FenceParser : FencedCodeBlockParser
{
    private const int CodeIndent = 4;

    private const int LeastMarks = 3;

    /// <inheritdoc />
    public override BlockState TryOpen(BlockProcessor processor)
    {
        if (!processor.IsCodeIndent)
        {
            return base.TryOpen(processor);
        }

        var line = processor.Line.AsSpan();
        var marks = line.Length - line.TrimStart(line[0]).Length;
        if (marks < LeastMarks || (line[0] == '`' && line[marks..].Contains('`')) || IsInList(processor))
        {
            return BlockState.None;
        }

        var info = line[marks..].Trim();
        var space = info.IndexOfAny(' ', '\t');
        processor.NewBlocks.Push(new FencedCodeBlock(this)
        {
            IndentCount = processor.Indent,
            Column = processor.Column,
            FencedChar = line[0],
            OpeningFencedCharCount = marks,
            Info = (space < 0 ? info : info[..space]).ToString(),
            Span = new SourceSpan(processor.Start, processor.Line.End),
        });
        return BlockState.ContinueDiscard;
    }

    /// <inheritdoc />
    public override BlockState TryContinue(BlockProcessor processor, Block block)
    {
        var fence = (FencedCodeBlock)block;
        if (fence.IndentCount < CodeIndent || processor.Indent < CodeIndent)
        {
            return base.TryContinue(processor, block);
        }

        var line = processor.Line.AsSpan();
        var content = line.TrimStart(fence.FencedChar);
        if (line.Length - content.Length >= fence.OpeningFencedCharCount && content.IsWhiteSpace() && processor.Indent < fence.IndentCount + CodeIndent)
        {
            block.UpdateSpanEnd(processor.Line.End);
            return BlockState.BreakDiscard;
        }

        processor.GoToColumn(processor.ColumnBeforeIndent + Math.Min(processor.Indent, fence.IndentCount));
        return BlockState.Continue;
    }

    private static bool IsInList(BlockProcessor processor)
    {
        for (Block? block = processor.GetCurrentContainerOpened(); block is not null; block = block.Parent)
        {
            if (block is ListBlock)
            {
                return true;
            }
        }

        return false;
    }
}
