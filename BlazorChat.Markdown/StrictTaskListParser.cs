using Markdig.Extensions.TaskLists;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Task boxes as in GitHub's specification: only at the start of an item and before a space. Markdig alone makes a box of every <c>[x]</c>
/// in a list, even in the text of a link.
/// </summary>
internal sealed class StrictTaskListParser : TaskListInlineParser
{
    private const int BoxLength = 3;

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var after = slice.PeekChar(BoxLength);
        var isFirst = processor.Inline is null && processor.Block?.Parent is ListItemBlock item && item[0] == processor.Block;
        return isFirst && (after == '\0' || after.IsWhitespace()) && base.Match(processor, ref slice);
    }
}
