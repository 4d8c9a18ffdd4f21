using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Cuts the HTML of a growing block into a tree of pieces, so that a frame sends only the new words and neither the whole block nor a whole
/// part of it. Where a piece ends depends only on the text before it, so earlier pieces do not change while the block grows.
/// </summary>
internal sealed class OpenTree
{
    // A frame costs about 130 bytes whatever it carries, and each piece is a permanent node. On average, half of this length is sent again.
    private const int PieceLength = 48;

    // Text without spaces, as in Chinese, is cut between any two characters, each of which takes three bytes. Text in letters that join is
    // only cut if it goes on and on.
    private const int CjkPieceLength = 24;
    private const int LongestPiece = 384;

    // Elements within a line are as long as their attributes, and end a piece from this length on.
    private const int LongPiece = 96;

    // A shorter element is sent as a whole. Each level of elements costs 32 bytes in every frame.
    private const int ElementLength = 96;

    // The parts of a block that end a piece, so that a new one does not send the one before again.
    private static readonly string[] Blocks =
        ["p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "details", "summary", "div", "code-block", "tex-block", "table-box", "table", "thead", "tr", "td", "th", "pre", "hr"];

    private static readonly string[] Whole = ["thead", "hr", "br"];

    private readonly string _html;
    private readonly List<Element> _elements = [];
    private int _next;

    private OpenTree(string html) => _html = html;

    /// <summary>Cuts the HTML of an open block.</summary>
    /// <param name="html">HTML written by this project: every element but <c>br</c> and <c>hr</c> is closed, and every other angle bracket is
    /// escaped.</param>
    public static OpenMarkup Of(string html)
    {
        var tree = new OpenTree(html);
        tree.FindElements();
        var shell = ImmutableArray<OpenTag>.Empty;
        var (start, end) = (0, html.Length);
        // A table is in a box.
        while (tree._next < tree._elements.Count && tree._elements[tree._next] is var root && root.Start == start && root.End == end
            && (shell.IsEmpty || tree.NameAt(root.Start) == "table") && !Whole.Contains(tree.NameAt(root.Start), StringComparer.Ordinal))
        {
            shell = shell.Add(Tag(html[root.Start..root.Content]));
            (start, end) = (root.Content, root.ContentEnd);
            tree._next++;
        }

        return new OpenMarkup(shell, tree.Cut(start, end));
    }

    /// <summary>Takes over the nodes of the last frame that have not changed.</summary>
    public static ImmutableArray<OpenNode> Reuse(ImmutableArray<OpenNode> last, ImmutableArray<OpenNode> next)
    {
        ImmutableArray<OpenNode>.Builder? reused = null;
        var isSame = last.Length == next.Length;
        for (var i = 0; i < Math.Min(last.Length, next.Length); i++)
        {
            if (ReferenceEquals(last[i], next[i]))
            {
                continue;
            }

            var node = Reuse(last[i], next[i]);
            isSame &= ReferenceEquals(node, last[i]);
            if (!ReferenceEquals(node, next[i]))
            {
                (reused ??= next.ToBuilder())[i] = node;
            }
        }

        return isSame ? last : reused?.DrainToImmutable() ?? next;
    }

    private static OpenNode Reuse(OpenNode last, OpenNode next)
    {
        switch (last, next)
        {
            case (OpenPiece a, OpenPiece b) when a.Html == b.Html:
                return a;
            case (OpenElement a, OpenElement b) when a.Tag.Source == b.Tag.Source:
                var children = Reuse(a.Children, b.Children);
                return children == a.Children ? a : new OpenElement(a.Tag, children);
            default:
                return next;
        }
    }

    private void FindElements()
    {
        var open = new Stack<int>();
        for (var at = _html.IndexOf('<', StringComparison.Ordinal); at >= 0;)
        {
            var end = _html.IndexOf('>', at) + 1;
            if (_html[at + 1] == '/')
            {
                var index = open.Pop();
                _elements[index] = _elements[index] with { ContentEnd = at, End = end };
            }
            else
            {
                var isVoid = NameAt(at) is "br" or "hr";
                if (!isVoid)
                {
                    open.Push(_elements.Count);
                }

                _elements.Add(new Element(at, end, end, end));
            }

            at = _html.IndexOf('<', end);
        }
    }

    private ImmutableArray<OpenNode> Cut(int start, int end)
    {
        var nodes = ImmutableArray.CreateBuilder<OpenNode>();
        var from = start;
        for (var i = start; i < end;)
        {
            if (_html[i] != '<')
            {
                i++;
                if (i < end && IsCut(from, i))
                {
                    Flush(i);
                }

                continue;
            }

            var element = _elements[_next];
            var name = NameAt(i);
            var isBlock = Blocks.Contains(name, StringComparer.Ordinal);
            if (isBlock)
            {
                Flush(i);
            }

            if (element.End - element.Start >= ElementLength && !Whole.Contains(name, StringComparer.Ordinal) && !IsHead(element))
            {
                Flush(i);
                _next++;
                nodes.Add(new OpenElement(Tag(_html[element.Start..element.Content]), Cut(element.Content, element.ContentEnd)));
                from = i = element.End;
                continue;
            }

            while (_next < _elements.Count && _elements[_next].Start < element.End)
            {
                _next++;
            }

            i = element.End;
            if (isBlock || i - from >= LongestPiece)
            {
                Flush(i);
            }
        }

        Flush(end);
        return nodes.DrainToImmutable();

        void Flush(int until)
        {
            if (until > from)
            {
                nodes.Add(new OpenPiece(_html[from..until]));
                from = until;
            }
        }
    }

    private bool IsCut(int from, int at)
    {
        var length = at - from;
        if (length < CjkPieceLength || _html[at] == '<')
        {
            return false;
        }

        if (_html[at - 1] is ' ' or '\n')
        {
            return length >= PieceLength;
        }

        if (char.IsLowSurrogate(_html[at]) || IsInEntity(at))
        {
            return false;
        }

        Rune.DecodeFromUtf16(_html.AsSpan(at), out var next, out _);
        Rune.DecodeLastFromUtf16(_html.AsSpan(0, at), out var last, out _);
        return (length >= LongestPiece || (Flanking.IsCjk(last) && Flanking.IsCjk(next))) && !BelongsToLast(next) && last.Value != 0x200D;
    }

    // Accents, selectors of variants and joiners stay with their character.
    private static bool BelongsToLast(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.EnclosingMark or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.ModifierSymbol;

    private bool IsInEntity(int at)
    {
        const int longest = 6;
        var before = _html.AsSpan(Math.Max(0, at - longest), Math.Min(at, longest));
        return before.LastIndexOf('&') > before.LastIndexOf(';');
    }

    private bool IsHead(Element element) => _html.AsSpan(element.Start).StartsWith("<div class=\"code-head\"");

    private string NameAt(int at)
    {
        var name = _html.AsSpan(at + 1);
        return name[..name.IndexOfAny(" >")].ToString();
    }

    private static OpenTag Tag(string source)
    {
        var text = source.AsSpan(1, source.Length - 2);
        var end = text.IndexOf(' ');
        var attributes = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var name = (end < 0 ? text : text[..end]).ToString();
        while (end >= 0)
        {
            text = text[(end + 1)..];
            end = text.IndexOf('=');
            var value = text[(end + 2)..];
            var length = value.IndexOf('"');
            attributes.Add(new(text[..end].ToString(), WebUtility.HtmlDecode(value[..length].ToString())));
            text = value[(length + 1)..];
            end = text.IndexOf(' ');
        }

        return new OpenTag(source, name, attributes.DrainToImmutable());
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Element(int Start, int Content, int ContentEnd, int End);
}
