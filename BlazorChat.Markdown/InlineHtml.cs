using System.Text;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes the content of a paragraph, heading or cell. It is an allow-list by construction: only the elements and attributes below exist,
/// only text is copied from the syntax tree, and unknown inlines are written as text.
/// </summary>
internal sealed class InlineHtml(StringBuilder html)
{
    /// <summary>Most levels of nested emphasis and links. Beyond it, the text is kept without its elements.</summary>
    public const int MaxDepth = 32;

    /// <summary>
    /// Most characters of addresses that references (<c>[a]</c> with <c>[a]: https://…</c> elsewhere) may add to one text. Without this
    /// limit, each use of three characters could expand to <see cref="SafeLinks.MaxLength"/>.
    /// </summary>
    public const int MaxReferenceExpansion = 256 * 1024;

    private int _depth;
    private int _expanded;
    private bool _insideLink;

    /// <summary>Writes the inlines of a block, or its text if <see cref="InlineBudget"/> refused to parse it.</summary>
    public void WriteContent(LeafBlock block)
    {
        if (block.Inline is { } inline)
        {
            WriteChildren(inline);
        }
        else
        {
            WriteLines(block);
        }
    }

    /// <summary>Whether a block's text was not parsed and is shown as written.</summary>
    public static bool IsPlain(LeafBlock block) => block.Inline is null;

    private void WriteLines(LeafBlock block)
    {
        for (var i = 0; i < block.Lines.Count; i++)
        {
            if (i > 0)
            {
                html.Append('\n');
            }

            html.AppendEscaped(block.Lines.Lines[i].Slice.AsSpan());
        }
    }

    private void WriteChildren(ContainerInline parent)
    {
        if (_depth >= MaxDepth)
        {
            WriteText(parent);
            return;
        }

        _depth++;
        for (var child = parent.FirstChild; child is not null; child = child.NextSibling)
        {
            Write(child);
        }

        _depth--;
    }

    private void Write(Inline inline)
    {
        switch (inline)
        {
            case LiteralInline or CodeInline or HtmlEntityInline or HtmlInline:
                WriteLeaf(inline);
                break;
            case LineBreakInline:
                // Soft breaks too: people in a chat press Enter to start a new line, and models write addresses, verses and short lists
                // that way.
                html.Append("<br>");
                break;
            case EmphasisInline emphasis:
                WriteEmphasis(emphasis);
                break;
            case LinkInline link:
                WriteLink(link);
                break;
            case AutolinkInline autolink:
                WriteAutolink(autolink);
                break;
            case TaskList task:
                html.Append(task.Checked
                    ? "<span class=\"task task-done\" role=\"img\" aria-label=\"done\"></span>"
                    : "<span class=\"task\" role=\"img\" aria-label=\"open\"></span>");
                break;
            case DelimiterInline delimiter:
                html.AppendEscaped(delimiter.ToLiteral());
                WriteChildren(delimiter);
                break;
            case ContainerInline container:
                WriteChildren(container);
                break;
            default:
                html.AppendEscaped(inline.ToString());
                break;
        }
    }

    private void WriteLeaf(Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                html.AppendEscaped(literal.Content.AsSpan());
                break;
            case CodeInline code:
                html.Append("<code>").AppendEscaped(code.ContentSpan).Append("</code>");
                break;
            case HtmlEntityInline entity:
                html.AppendEscaped(entity.Transcoded.AsSpan());
                break;
            case HtmlInline tag:
                // The parser makes none (DisableHtml). If it ever does, it is written as text.
                html.AppendEscaped(tag.Tag);
                break;
        }
    }

    private void WriteEmphasis(EmphasisInline emphasis)
    {
        var element = emphasis.DelimiterChar == '~' ? "del" : emphasis.DelimiterCount >= 2 ? "strong" : "em";
        html.Append('<').Append(element).Append('>');
        WriteChildren(emphasis);
        html.Append("</").Append(element).Append('>');
    }

    private void WriteLink(LinkInline link)
    {
        var url = link.Url;
        if (_insideLink || !SafeLinks.IsAllowed(url) || !MayExpand(link))
        {
            // Not a link that can be followed: only the text. A link inside a link would close the outer one.
            if (link.IsImage)
            {
                WriteText(link);
            }
            else
            {
                WriteChildren(link);
            }

            return;
        }

        // A link's title is left out, because it could claim a false destination.
        OpenLink(url, link.IsImage);
        _insideLink = true;
        var start = html.Length;
        if (link.IsImage)
        {
            // An image is never loaded, because its host would learn who reads this and when.
            WriteText(link);
        }
        else
        {
            WriteChildren(link);
        }

        if (html.Length == start)
        {
            html.AppendEscaped(url);
        }

        _insideLink = false;
        html.Append("</a>");
    }

    private void WriteAutolink(AutolinkInline autolink)
    {
        var url = autolink.IsEmail ? "mailto:" + autolink.Url : autolink.Url;
        if (_insideLink || !SafeLinks.IsAllowed(url))
        {
            html.AppendEscaped(autolink.Url);
            return;
        }

        OpenLink(url, isImage: false);
        html.AppendEscaped(autolink.Url).Append("</a>");
    }

    private void OpenLink(string url, bool isImage)
    {
        html.Append(isImage ? "<a class=\"image-link\" href=\"" : "<a href=\"")
            .AppendEscaped(url)
            .Append("\" rel=\"noopener noreferrer nofollow ugc\" target=\"_blank\">");
    }

    private bool MayExpand(LinkInline link)
    {
        if (link.Reference is null)
        {
            return true;
        }

        _expanded += link.Url!.Length;
        return _expanded <= MaxReferenceExpansion;
    }

    // The text of an inline without its elements. Not recursive, because hostile nesting is thousands deep.
    private void WriteText(ContainerInline root)
    {
        var pending = new Stack<Inline>();
        Push(root.FirstChild);
        while (pending.TryPop(out var inline))
        {
            Push(inline.NextSibling);
            switch (inline)
            {
                case DelimiterInline delimiter:
                    html.AppendEscaped(delimiter.ToLiteral());
                    Push(delimiter.FirstChild);
                    break;
                case ContainerInline container:
                    Push(container.FirstChild);
                    break;
                case LineBreakInline:
                    html.Append(' ');
                    break;
                case CodeInline code:
                    html.AppendEscaped(code.ContentSpan);
                    break;
                case AutolinkInline autolink:
                    html.AppendEscaped(autolink.Url);
                    break;
                default:
                    WriteLeaf(inline);
                    break;
            }
        }

        void Push(Inline? inline)
        {
            if (inline is not null)
            {
                pending.Push(inline);
            }
        }
    }
}
