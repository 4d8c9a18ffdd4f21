using System.Buffers;
using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes a line that a person typed: code, links, formulas and emphasis are drawn, everything else is the text as it is. No backslash means
/// anything here, and a mark counts only at the border of a word, with a counterpart of the same length in the same line. Each character is
/// looked at a bounded number of times.
/// </summary>
internal sealed class TypedLine(StringBuilder html)
{
    private const int MaxLabel = 1_000;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("_0123456789");

    private const int MaxOpen = 16;

    // Most characters of a line that are searched for the ends of links, in total.
    private const int MaxSearched = 64 * 1024;

    private readonly List<string> _pieces = [];
    private readonly List<Mark> _open = [];
    private readonly HashSet<int> _missing = [];
    private int _searchable = MaxSearched;

    /// <summary>Writes the line.</summary>
    public void Write(string line)
    {
        Read(line, mayLink: true);
        foreach (var piece in _pieces)
        {
            html.Append(piece);
        }

        _pieces.Clear();
        _open.Clear();
        _missing.Clear();
        _searchable = MaxSearched;
    }

    private void Read(string line, bool mayLink)
    {
        var from = 0;
        var at = 0;
        while (at < line.Length)
        {
            var start = at;
            var piece = line[at] switch
            {
                '`' => Code(line, ref at),
                '\\' or '$' => FormulaAt(line, ref at),
                '[' when mayLink => Link(line, at, ref at),
                '!' when mayLink && at + 1 < line.Length && line[at + 1] == '[' => Link(line, at + 1, ref at),
                'h' or 'H' or 'w' or 'W' or 'm' or 'M' when mayLink => Address(line, ref at),
                '*' or '_' or '~' => "",
                _ => null,
            };
            if (piece is null)
            {
                at = Math.Max(at, start + 1);
                continue;
            }

            Escape(line, from, start);
            if (piece.Length == 0)
            {
                ReadMark(line, ref at);
            }
            else
            {
                _pieces.Add(piece);
            }

            from = at;
        }

        Escape(line, from, line.Length);
    }

    private void Escape(string line, int from, int until)
    {
        if (until > from)
        {
            _pieces.Add(new StringBuilder().AppendEscaped(line.AsSpan(from, until - from)).ToString());
        }
    }

    private string? Code(string line, ref int at)
    {
        var run = RunAt(line, at);
        var content = at + run;
        for (var i = content; i < line.Length && !_missing.Contains(run);)
        {
            var next = line.IndexOf('`', i);
            if (next < 0)
            {
                break;
            }

            var length = RunAt(line, next);
            if (length == run && next > content && !line.AsSpan(content, next - content).IsWhiteSpace())
            {
                at = next + run;
                return new StringBuilder("<code dir=\"ltr\" translate=\"no\">").AppendEscaped(line.AsSpan(content, next - content)).Append("</code>").ToString();
            }

            i = next + length;
        }

        _missing.Add(run);
        at = content;
        return null;
    }

    private static string? FormulaAt(string line, ref int at)
    {
        var length = Formula.Length(line.AsSpan(at), at > 0 ? line[at - 1] : '\0');
        if (length == 0)
        {
            return null;
        }

        at += length;
        return new StringBuilder("<tex-inline dir=\"ltr\" translate=\"no\">").AppendEscaped(line.AsSpan(at - length, length)).Append("</tex-inline>").ToString();
    }

    private static string? Address(string line, ref int at)
    {
        var length = BareLink.Length(line.AsSpan(at), line.AsSpan(0, at));
        if (length == 0)
        {
            return null;
        }

        var address = line.AsSpan(at, length);
        var url = BareLink.Target(address);
        if (!SafeLinks.IsAllowed(url))
        {
            at += length > SafeLinks.MaxLength ? length : 0;
            return null;
        }

        var link = new StringBuilder();
        InlineHtml.OpenLink(link, url, isImage: false, isAddress: true);
        link.AppendEscaped(address).Append("</a>");
        InlineHtml.AppendNote(link, LinkNote.For(url, url, isImage: false, isAddress: true));
        at += length;
        return link.ToString();
    }

    // [label](address), in one line and without a title; otherwise it stays as it was typed.
    private string? Link(string line, int bracket, ref int at)
    {
        var rest = line.AsSpan(bracket, Math.Min(line.Length - bracket, MaxLabel));
        var end = rest.IndexOf("](");
        if (end < 2 || rest[1..end].ContainsAny('[', ']'))
        {
            return null;
        }

        var target = line.AsSpan(bracket + end + 2, Math.Min(line.Length - bracket - end - 2, Math.Min(SafeLinks.MaxLength + 1, _searchable)));
        var depth = 1;
        var length = 0;
        for (; length < target.Length && depth > 0 && !char.IsWhiteSpace(target[length]); length++)
        {
            depth += target[length] switch { '(' => 1, ')' => -1, _ => 0 };
        }

        _searchable -= length;
        var url = depth == 0 ? target[..(length - 1)].ToString() : "";
        var label = rest[1..end].ToString();
        if (!SafeLinks.IsAllowed(url) || !HtmlText.ShowsAnything(label))
        {
            return null;
        }

        var isImage = line[at] == '!';
        var link = new StringBuilder();
        InlineHtml.OpenLink(link, url, isImage, isAddress: false);
        var inner = new TypedLine(link);
        inner.Read(label, mayLink: false);
        link.AppendJoin("", inner._pieces).Append("</a>");
        InlineHtml.AppendNote(link, LinkNote.For(url, label, isImage, isAddress: false));
        at = bracket + end + 2 + length;
        return link.ToString();
    }

    private void ReadMark(string line, ref int at)
    {
        var mark = line[at];
        var run = RunAt(line, at);
        var start = at;
        at += run;
        _pieces.Add(line.Substring(start, run));
        var element = (mark, run) switch
        {
            ('*' or '_', 1) => "em",
            ('*' or '_', 2) => "strong",
            ('~', 2) => "del",
            _ => null,
        };
        if (element is null)
        {
            return;
        }

        var before = start > 0 ? RuneBefore(line, start) : new Rune(' ');
        var after = at < line.Length ? Rune.GetRuneAt(line, at) : new Rune(' ');
        if (Closes(before, after) && _open.FindLastIndex(m => m.Character == mark && m.Length == run) is >= 0 and var index
            && IsProse(line.AsSpan(_open[index].End, start - _open[index].End), mark, run))
        {
            _pieces[_open[index].Piece] = $"<{element}>";
            _pieces[^1] = $"</{element}>";
            _open.RemoveRange(index, _open.Count - index);
        }
        else if (Opens(before, after) && _open.Count < MaxOpen)
        {
            _open.Add(new Mark(mark, run, _pieces.Count - 1, at));
        }
    }

    // '__init__' and '_my_name_' are names, not emphasis.
    private static bool IsProse(ReadOnlySpan<char> content, char mark, int length)
    {
        if (content.IsEmpty)
        {
            return false;
        }

        foreach (var c in content)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return true;
            }
        }

        return mark != '_' || (length == 1 && !content.ContainsAny(NameCharacters));
    }

    private static bool Opens(Rune before, Rune after)
    {
        if (Rune.IsWhiteSpace(after) || after.Value is '.' or ',' or ';' or ':' or '!' or '?' or '/' or '\\' or ')' or ']' or '}' or '%' or '&' or '=' or '-' or '+' or '|' or '<' or '>')
        {
            return false;
        }

        var isAtWord = Rune.IsLetterOrDigit(after);
        return Rune.IsWhiteSpace(before) || Flanking.IsCjk(before) || IsMark(before) || IsBorder(before)
            || ((isAtWord || IsMark(after)) && (before.Value is '"' or '\'' or '¿' or '¡' or '…' or '—' or '–' || Rune.GetUnicodeCategory(before) is UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation));
    }

    private static bool Closes(Rune before, Rune after) =>
        !Rune.IsWhiteSpace(before)
        && (Rune.IsWhiteSpace(after) || Flanking.IsCjk(after) || IsMark(after) || IsBorder(after) || IsStop(after) || after.Value is '"' or '\'' or '.' or ',' or ';' or ':' or '!' or '?' or '…'
            || Rune.GetUnicodeCategory(after) is UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.DashPunctuation);

    // Marks of direction, which keyboards for Hebrew and Arabic type beside words, and a space without width.
    private static bool IsBorder(Rune rune) => rune.Value is 0x200B or 0x200E or 0x200F or 0x061C or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    // What ends a sentence or a part of it in Arabic, Devanagari, Armenian, Ethiopic, Khmer, Burmese and Tibetan.
    private static bool IsStop(Rune rune) =>
        rune.Value is 0x060C or 0x061B or 0x061F or 0x06D4 or 0x0964 or 0x0965 or 0x0589 or 0x1362 or 0x1363 or 0x104A or 0x104B or 0x17D4 or 0x0F0D;

    private static bool IsMark(Rune rune) => rune.Value is '*' or '_' or '~';

    private static Rune RuneBefore(string line, int at)
    {
        Rune.DecodeLastFromUtf16(line.AsSpan(0, at), out var rune, out _);
        return rune;
    }

    private static int RunAt(string line, int at)
    {
        var end = line.AsSpan(at).IndexOfAnyExcept(line[at]);
        return end < 0 ? line.Length - at : end;
    }

    private readonly record struct Mark(char Character, int Length, int Piece, int End);
}
