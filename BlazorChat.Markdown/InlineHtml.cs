using System.Net;
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

    // A refused reference shows its address each time, too, so only if it is about as short as the reference.
    private const int MaxRefusedReference = 100;

    /// <summary>The box of a task that is open. A page in another language has an element with its name there.</summary>
    public const string OpenTask = "<span class=\"task\" role=\"img\" aria-label=\"open\" aria-labelledby=\"task-open\"></span>";

    /// <summary>The box of a task that is done, likewise.</summary>
    public const string DoneTask = "<span class=\"task task-done\" role=\"img\" aria-label=\"done\" aria-labelledby=\"task-done\"></span>";

    private readonly List<string?> _elements = [];
    private int _depth;
    private int _expanded;
    private bool _insideLink;
    private bool _insideCell;

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

    /// <summary>Writes the inlines of a cell. In a table, also a pipe in code is written with a backslash.</summary>
    public void WriteCell(LeafBlock block)
    {
        _insideCell = true;
        WriteContent(block);
        _insideCell = false;
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
        if (parent.FirstChild is not null && parent.FirstChild == parent.LastChild && parent.FirstChild is not DelimiterInline)
        {
            Write(parent.FirstChild);
        }
        else
        {
            foreach (var child in Siblings(parent))
            {
                Write(child);
            }
        }

        _depth--;
    }

    // The children, with their marks paired. A bracket that was never closed has all that follows as its children; they are siblings here.
    private static List<Inline> Siblings(ContainerInline parent)
    {
        var siblings = new List<Inline>();
        var ends = new Stack<Inline?>();
        for (var next = parent.FirstChild; next is not null || ends.TryPop(out next);)
        {
            if (next is null)
            {
                continue;
            }

            siblings.Add(next);
            if (next is DelimiterInline { FirstChild: { } first } delimiter)
            {
                ends.Push(delimiter.NextSibling);
                next = first;
            }
            else
            {
                next = next.NextSibling;
            }
        }

        MarkPairs.Resolve(siblings);
        return siblings;
    }

    private void Write(Inline inline)
    {
        switch (inline)
        {
            case LiteralInline or CodeInline or HtmlEntityInline or HtmlInline or FormulaInline or FootnoteInline:
                WriteLeaf(inline);
                break;
            case MarkInline mark:
                WriteMark(mark);
                break;
            case LineBreakInline or BreakInline:
                // Soft breaks too: people in a chat press Enter to start a new line, and models write addresses, verses and short lists
                // that way.
                html.Append("<br>");
                break;
            case LinkInline link:
                WriteLink(link);
                break;
            case AutolinkInline autolink:
                WriteAutolink(autolink);
                break;
            case TaskList task:
                html.Append(task.Checked ? DoneTask : OpenTask);
                break;
            case DelimiterInline delimiter:
                html.AppendEscaped(delimiter.ToLiteral());
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
                html.Append("<code dir=\"ltr\" translate=\"no\">").AppendEscaped(CodeOf(code)).Append("</code>");
                break;
            case HtmlEntityInline entity:
                html.AppendEscaped(entity.Transcoded.AsSpan());
                break;
            case FormulaInline formula:
                // Its letters say nothing about the direction of the text around it.
                html.Append("<tex-inline dir=\"ltr\" translate=\"no\">").AppendEscaped(formula.Source).Append("</tex-inline>");
                break;
            case FootnoteInline footnote:
                html.Append("<sup class=\"footnote-ref\">[").AppendEscaped(footnote.Label).Append("]</sup>");
                break;
            case HtmlInline tag:
                // The parser makes none (DisableHtml). If it ever does, it is written as text.
                html.AppendEscaped(tag.Tag);
                break;
        }
    }

    private ReadOnlySpan<char> CodeOf(CodeInline code) =>
        _insideCell && code.ContentSpan.Contains("\\|", StringComparison.Ordinal) ? code.Content.Replace("\\|", "|", StringComparison.Ordinal) : code.ContentSpan;

    private void WriteMark(MarkInline mark)
    {
        if (mark.Closed is { } closed)
        {
            for (var i = 0; i < closed.Count; i++)
            {
                CloseElement();
            }
        }

        if (mark.Left > 0)
        {
            html.AppendEscaped(mark.Element is null ? mark.Source.AsSpan(0, mark.Left) : mark.Source);
        }

        if (mark.Opened is { } opened)
        {
            for (var i = opened.Count - 1; i >= 0; i--)
            {
                OpenElement(opened[i]);
            }
        }
    }

    private void OpenElement(string element)
    {
        var isShown = _elements.Count < MaxDepth;
        _elements.Add(isShown ? element : null);
        if (isShown)
        {
            html.Append('<').Append(element).Append('>');
        }
    }

    private void CloseElement()
    {
        if (_elements[^1] is { } element)
        {
            html.Append("</").Append(element).Append('>');
        }

        _elements.RemoveAt(_elements.Count - 1);
    }

    private void WriteLink(LinkInline link)
    {
        var url = link.Url;
        if (_insideLink)
        {
            // A link inside a link would close the outer one.
            WriteLabel(link);
            return;
        }

        if (!SafeLinks.IsAllowed(url) || !MayExpand(link))
        {
            WriteRefused(link);
            return;
        }

        // A link's title is left out, because it could claim a false destination.
        OpenLink(html, url, link.IsImage, link.IsAutoLink);
        _insideLink = true;
        var start = html.Length;
        WriteLabel(link);
        var label = html.Length > start && !link.IsAutoLink ? TextOf(link) : "";
        var hasLabel = link.IsAutoLink || HtmlText.ShowsAnything(label);
        if (!hasLabel)
        {
            html.Length = start;
            html.AppendEscaped(url);
        }

        _insideLink = false;
        html.Append("</a>");
        AppendNote(html, LinkNote.For(url, hasLabel && !link.IsAutoLink ? label : url, link.IsImage && hasLabel, link.IsAutoLink || !hasLabel));
    }

    private void WriteLabel(LinkInline link)
    {
        if (link.IsImage)
        {
            // An image is never loaded, because its host would learn who reads this and when.
            WriteText(link);
        }
        else
        {
            WriteChildren(link);
        }
    }

    // Not a link that can be followed, so nothing is drawn and nothing is lost: a path to a file is worth reading.
    private void WriteRefused(LinkInline link)
    {
        if (link.IsAutoLink)
        {
            WriteLabel(link);
            return;
        }

        html.Append(link.IsImage ? "![" : "[");
        WriteLabel(link);
        html.Append("](").AppendEscaped(link.Reference is null || link.Url!.Length <= MaxRefusedReference ? link.Url : "…").Append(')');
    }

    /// <summary>Appends what a reader should know about the link before it (<see cref="LinkNote"/>).</summary>
    public static void AppendNote(StringBuilder html, string? note)
    {
        if (note is not null)
        {
            html.Append("<span class=\"link-note\" dir=\"ltr\" translate=\"no\"> (").AppendEscaped(note).Append(")</span>");
        }
    }

    private string TextOf(ContainerInline inline)
    {
        var start = html.Length;
        WriteText(inline);
        var text = html.ToString(start, html.Length - start);
        html.Length = start;
        return WebUtility.HtmlDecode(text);
    }

    private void WriteAutolink(AutolinkInline autolink)
    {
        var url = autolink.IsEmail ? "mailto:" + autolink.Url : autolink.Url;
        if (_insideLink)
        {
            html.AppendEscaped(autolink.Url);
            return;
        }

        if (!SafeLinks.IsAllowed(url))
        {
            html.AppendEscaped("<").AppendEscaped(autolink.Url).AppendEscaped(">");
            return;
        }

        OpenLink(html, url, isImage: false, isAddress: true);
        html.AppendEscaped(autolink.Url).Append("</a>");
        AppendNote(html, LinkNote.For(url, url, isImage: false, isAddress: true));
    }

    /// <summary>
    /// Opens a link. If its text is the address, the letters say nothing about the direction of the text around it.
    /// </summary>
    public static void OpenLink(StringBuilder html, string url, bool isImage, bool isAddress)
    {
        html.Append(isImage ? "<a class=\"image-link\" href=\"" : isAddress ? "<a dir=\"ltr\" href=\"" : "<a href=\"")
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
        PushAll(root);
        while (pending.TryPop(out var inline))
        {
            switch (inline)
            {
                case DelimiterInline delimiter:
                    html.AppendEscaped(delimiter.ToLiteral());
                    break;
                case ContainerInline container:
                    PushAll(container);
                    break;
                case MarkInline mark:
                    html.AppendEscaped(mark.Left == 0 ? "" : mark.Element is null ? mark.Source.AsSpan(0, mark.Left) : mark.Source);
                    break;
                case LineBreakInline or BreakInline:
                    html.Append(' ');
                    break;
                case CodeInline code:
                    html.AppendEscaped(CodeOf(code));
                    break;
                case AutolinkInline autolink:
                    html.AppendEscaped(autolink.Url);
                    break;
                case FormulaInline formula:
                    html.AppendEscaped(formula.Source);
                    break;
                case FootnoteInline footnote:
                    html.Append("[^").AppendEscaped(footnote.Label).Append(']');
                    break;
                default:
                    WriteLeaf(inline);
                    break;
            }
        }

        void PushAll(ContainerInline container)
        {
            var siblings = Siblings(container);
            for (var i = siblings.Count - 1; i >= 0; i--)
            {
                pending.Push(siblings[i]);
            }
        }
    }
}
