using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Lists that people type: lines that begin with <c>- </c>, <c>* </c>, <c>1. </c> or <c>1) </c>, with the numbers that were typed. A plus or
/// a number with leading zeros is text, since a list could not show it.
/// </summary>
internal static class TypedList
{
    private const int MaxDepth = 8;

    private const int MaxDigits = 9;

    private const int TabWidth = 4;

    private const string OpenBox = "[ ] ";

    /// <summary>The number of lines of the list at the start, or 0.</summary>
    public static int Length(ReadOnlySpan<string> lines)
    {
        if (!TryRead(lines[0], out var first))
        {
            return 0;
        }

        var length = 1;
        while (length < lines.Length && (TryRead(lines[length], out _) || GoesOn(lines[length], first)))
        {
            length++;
        }

        return length;
    }

    /// <summary>Writes the list.</summary>
    public static void Write(StringBuilder html, TypedLine line, ReadOnlySpan<string> lines)
    {
        var open = new Stack<Level>();
        foreach (var text in lines)
        {
            if (!TryRead(text, out var item))
            {
                html.Append('\n');
                line.Write(text.AsSpan().TrimStart(" \t").ToString());
                continue;
            }

            while (open.Count > 1 && item.Indent < open.Peek().Item.Indent)
            {
                Close(html, open);
            }

            if (open.TryPeek(out var level) && (item.Indent < level.Item.Indent + 2 || open.Count == MaxDepth))
            {
                html.Append("</li>");
                if (level.Item.Kind != item.Kind)
                {
                    html.Append("</").Append(level.Item.Element).Append('>');
                    open.Pop();
                    Open(html, item);
                    open.Push(new Level(item));
                }
                else
                {
                    open.Pop();
                    open.Push(level with { Last = item.Number });
                    WriteItem(html, item, item.Number == level.Last + 1 ? null : item.Number);
                }
            }
            else
            {
                Open(html, item);
                open.Push(new Level(item));
            }

            line.Write(text[item.Content..]);
        }

        while (open.Count > 0)
        {
            Close(html, open);
        }
    }

    private static void Open(StringBuilder html, Item item)
    {
        html.Append('<').Append(item.Element).Append(item.Kind == ')' ? " class=\"typed paren\"" : " class=\"typed\"").Append(" dir=\"auto\"");
        if (item.IsOrdered && item.Number != 1)
        {
            html.Append(" start=\"").Append(item.Number).Append('"');
        }

        html.Append('>');
        WriteItem(html, item, null);
    }

    private static void WriteItem(StringBuilder html, Item item, int? number)
    {
        html.Append(item.Box is not null ? "<li class=\"task-item\"" : item.IsOrdered && new ListNumber(item.Number, item.Number, true).IsWide ? "<li class=\"wide-number\"" : "<li");
        if (item.IsOrdered && number is { } value)
        {
            html.Append(" value=\"").Append(value).Append('"');
        }

        html.Append('>').Append(item.Box);
    }

    private static void Close(StringBuilder html, Stack<Level> open) => html.Append("</li></").Append(open.Pop().Item.Element).Append('>');

    // A line that is indented like the text of an item belongs to it.
    private static bool GoesOn(string line, Item first)
    {
        var content = line.AsSpan().TrimStart(" \t");
        return !content.IsEmpty && WidthOf(line, line.Length - content.Length) >= first.Indent + 2 && content[0] is not ('`' or '~' or '>');
    }

    private static bool TryRead(string line, out Item item)
    {
        item = default;
        var content = line.AsSpan().TrimStart(" \t");
        var at = line.Length - content.Length;
        if (content.Length < 3 || !content.ContainsAnyExcept("*- "))
        {
            return false;
        }

        var indent = WidthOf(line, at);
        if (content[0] is '-' or '*')
        {
            if (content[1] != ' ' || content[2..].IsWhiteSpace())
            {
                return false;
            }

            var box = content[2..].StartsWith(OpenBox) ? InlineHtml.OpenTask : content[2..].StartsWith("[x] ", StringComparison.OrdinalIgnoreCase) ? InlineHtml.DoneTask : null;
            item = new Item(indent, content[0], 0, at + 2 + (box is null ? 0 : OpenBox.Length), box);
            return true;
        }

        var digits = content.IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > MaxDigits || (content[0] == '0' && digits > 1) || content[digits] is not ('.' or ')')
            || digits + 1 >= content.Length || content[digits + 1] != ' ' || content[(digits + 2)..].IsWhiteSpace())
        {
            return false;
        }

        item = new Item(indent, content[digits], int.Parse(content[..digits], NumberStyles.None, CultureInfo.InvariantCulture), at + digits + 2, null);
        return true;
    }

    private static int WidthOf(string line, int length)
    {
        var width = 0;
        foreach (var c in line.AsSpan(0, length))
        {
            width += c == '\t' ? TabWidth - (width % TabWidth) : 1;
        }

        return width;
    }

    // Kind: the mark, or what stands behind the number. Content: where the text begins.
    private readonly record struct Item(int Indent, char Kind, int Number, int Content, string? Box)
    {
        public bool IsOrdered => Kind is '.' or ')';

        public string Element => IsOrdered ? "ol" : "ul";
    }

    private readonly record struct Level(Item Item)
    {
        public int Last { get; init; } = Item.Number;
    }
}
