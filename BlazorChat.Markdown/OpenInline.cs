using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Closes, for display only, the unfinished inlines of a live paragraph: emphasis and code end with the text, an unfinished link shows its
/// text, and an unfinished image or address waits. A mark without its counterpart counts as an opening mark for <see cref="MaxOpen"/>
/// characters, and then as a plain character. Reads the text once.
/// </summary>
internal sealed class OpenInline
{
    /// <summary>How long emphasis or a code span may stay open before its mark is shown as a character.</summary>
    public const int MaxOpen = 600;

    // Most characters searched for the ends of links, in total: hostile text begins thousands of links.
    private const int MaxSearched = 64 * 1024;

    private readonly string _text;
    private readonly List<Emphasis> _emphases = [];
    private readonly Dictionary<char, int> _openMarks = [];
    private readonly List<Bracket> _brackets = [];
    private readonly List<(int Start, int End)> _cuts = [];
    private int _at;
    private int _end;
    private int _codeRun;
    private bool _isInFormula;
    private int _searchable = MaxSearched;

    private OpenInline(string text, int start)
    {
        _text = text;
        _at = start;
        Start = start;
        _end = text.Length;
    }

    private int Start { get; }

    /// <summary>The text with all inlines after <paramref name="start"/> closed.</summary>
    public static string Finish(string text, int start)
    {
        var open = new OpenInline(text, start);
        open.Scan();
        return open.Build();
    }

    private void Scan()
    {
        while (_at < _end)
        {
            switch (_text[_at])
            {
                case '\\':
                    ReadBackslash();
                    break;
                case '$':
                    ReadDollar();
                    break;
                case '`':
                    ReadCode();
                    break;
                case '<':
                    ReadAngle();
                    break;
                case '&':
                    ReadEntity();
                    break;
                case '!' when _at + 1 < _end && _text[_at + 1] == '[':
                    _brackets.Add(new Bracket(_at, IsImage: true, _emphases.Count));
                    _at += 2;
                    break;
                case '[' when IsFootnote(out var footnote):
                    _at += footnote;
                    break;
                case '[':
                    _brackets.Add(new Bracket(_at, IsImage: false, _emphases.Count));
                    _at++;
                    break;
                case ']':
                    ReadClosingBracket();
                    break;
                case '*' or '_' or '~':
                    ReadEmphasis();
                    break;
                default:
                    _at++;
                    break;
            }
        }

        foreach (var bracket in _brackets)
        {
            if (_end - bracket.Position <= LiveEnd.MaxHeldBack)
            {
                HideBracket(bracket);
            }
        }
    }

    private string Build()
    {
        _cuts.Sort();
        var result = new StringBuilder(_text.Length + 8).Append(_text, 0, Start);
        var from = Start;
        foreach (var (start, end) in _cuts)
        {
            if (start >= from && start < _end)
            {
                result.Append(_text, from, start - from);
                from = Math.Min(end, _end);
            }
        }

        result.Append(_text, from, Math.Max(0, _end - from));
        TrimEnd(result);
        result.Append('`', _codeRun);
        if (_isInFormula)
        {
            result.Append(Formula.LiveEnd);
        }

        for (var i = _emphases.Count - 1; i >= 0; i--)
        {
            var mark = _emphases[i];
            if (mark.Position >= _end || _end - mark.Position > MaxOpen)
            {
                continue;
            }

            if (HasContentAfter(mark))
            {
                _ = mark.Element is { } element ? result.Append("</").Append(element).Append('>') : result.Append(mark.Character, mark.Count);
            }
            else
            {
                // The mark is the last in the text: its content has not arrived yet.
                result.Length -= mark.Count;
                TrimEnd(result);
            }
        }

        return result.ToString();
    }

    // Whether anything other than marks and spaces follows an opening mark and is shown.
    private bool HasContentAfter(Emphasis mark)
    {
        for (var i = mark.Position + mark.Count; i < _end; i++)
        {
            if (_text[i] is not ('*' or '_' or '~') && !char.IsWhiteSpace(_text[i]) && !_cuts.Exists(cut => cut.Start <= i && i < cut.End))
            {
                return true;
            }
        }

        return false;
    }

    private static void TrimEnd(StringBuilder text)
    {
        while (text.Length > 0 && char.IsWhiteSpace(text[^1]))
        {
            text.Length--;
        }
    }

    private void End(int position)
    {
        _end = Math.Min(_end, position);
    }

    private int RunAt(int position)
    {
        var end = position;
        while (end < _end && _text[end] == _text[position])
        {
            end++;
        }

        return end - position;
    }

    private void ReadCode()
    {
        var run = RunAt(_at);
        var content = _at + run;
        for (var i = content; i < _end;)
        {
            var length = _text[i] == '`' ? RunAt(i) : 0;
            if (length == run)
            {
                _at = i + run;
                return;
            }

            i += Math.Max(1, length);
        }

        if (_end - _at > MaxOpen)
        {
            _at = content;
            return;
        }

        // A possible beginning of the closing run waits for its rest.
        var end = _text.AsSpan(content, _end - content).TrimEnd('`').Length + content;
        if (_text.AsSpan(content, end - content).IsWhiteSpace())
        {
            End(_at);
        }
        else
        {
            End(end);
            _codeRun = run;
        }

        _at = _end;
    }

    // What a backslash begins (see BackslashParser).
    private void ReadBackslash()
    {
        if (_at + 1 == _end)
        {
            End(_at);
        }
        else if (!ReadFormula())
        {
            _at += 2;
        }
    }

    private void ReadDollar()
    {
        if (!ReadFormula())
        {
            var run = RunAt(_at);
            End(_at + run == _end && run <= 2 ? _at : _end);
            _at += run;
        }
    }

    // Nothing in a formula is a mark. An unfinished one ends with the text.
    private bool ReadFormula()
    {
        var text = _text.AsSpan(_at, _end - _at);
        if (Formula.Length(text, _at > 0 ? _text[_at - 1] : '\0') is > 0 and var length)
        {
            _at += length;
            return true;
        }

        if (!Formula.IsOpening(text) || text.Length > MaxOpen)
        {
            return false;
        }

        var content = text[2..].TrimEnd("\\$").TrimEnd();
        _isInFormula = !content.IsEmpty;
        End(content.IsEmpty ? _at : _at + 2 + content.Length);
        _at = _end;
        return true;
    }

    private bool IsFootnote(out int length)
    {
        var text = _text.AsSpan(_at, _end - _at);
        length = FootnoteLabel.ReferenceLength(text, _at > 0 ? _text[_at - 1] : '\0');
        if (length == 0 && FootnoteLabel.MayBecomeReference(text))
        {
            length = text.Length;
            End(_at);
        }

        return length > 0;
    }

    private void ReadAngle()
    {
        if (HarmlessTags.TryRead(_text.AsSpan(_at, _end - _at), out var tag))
        {
            ReadTag(tag);
            return;
        }

        var rest = _text.AsSpan(_at + 1, _end - _at - 1);
        var stop = rest.IndexOfAny(" \t\n<>");
        if (stop < 0 && rest.Length < LiveEnd.MaxHeldBack && (rest.IsEmpty || char.IsLetter(rest[0]) || rest[0] == '/'))
        {
            End(_at);
        }
        else
        {
            _at += stop >= 0 && rest[stop] == '>' ? stop + 2 : 1;
        }
    }

    private void ReadTag(HarmlessTags.Tag tag)
    {
        // A character for each element, to count them.
        var mark = tag.Element switch { "sub" => '\u0001', "sup" => '\u0002', _ => '\u0003' };
        if (tag.Element != HarmlessTags.Break && !tag.IsEnd)
        {
            Open(new Emphasis(mark, _at, tag.Length, tag.Element));
        }
        else if (tag.IsEnd && _openMarks.GetValueOrDefault(mark) > 0)
        {
            ForgetFrom(_emphases.FindLastIndex(e => e.Character == mark));
        }

        _at += tag.Length;
    }

    private void ReadEntity()
    {
        var rest = _text.AsSpan(_at + 1, _end - _at - 1);
        const int LongestEntity = 32;
        if (rest.Length > LongestEntity)
        {
            // Far from the end, so it is complete, whatever it is.
            _at++;
            return;
        }

        var isUnfinished = rest.Length <= LongestEntity;
        foreach (var c in rest[..Math.Min(rest.Length, LongestEntity)])
        {
            isUnfinished &= char.IsAsciiLetterOrDigit(c) || c == '#';
        }

        End(isUnfinished ? _at : _end);
        _at++;
    }

    private void ReadClosingBracket()
    {
        var close = _at++;
        if (_brackets.Count == 0)
        {
            return;
        }

        var bracket = _brackets[^1];
        _brackets.RemoveAt(_brackets.Count - 1);
        var target = close + 1 < _end ? TargetEnd(close + 1) : -1;
        if (target == -1 && (_end - close <= LiveEnd.MaxHeldBack || IsAddress(close + 1)))
        {
            HideBracket(bracket);
            _cuts.Add((close, _end));
            End(close);
        }
        else if (target > 0)
        {
            // Emphasis that was opened in a link's text ends with the link.
            var outside = Math.Min(bracket.Emphases, _emphases.Count);
            ForgetFrom(outside);
            _at = target;
        }
    }

    // Whether an unfinished destination is surely one: it is hidden however long it is, because only the link's text will be seen.
    private bool IsAddress(int position)
    {
        var destination = _text.AsSpan(position, _end - position);
        return destination.Length <= SafeLinks.MaxLength && (destination.StartsWith("(https://") || destination.StartsWith("(http://"))
            && !destination.ContainsAny(" \t\n");
    }

    private void HideBracket(Bracket bracket)
    {
        if (bracket.IsImage)
        {
            End(bracket.Position);
        }
        else
        {
            _cuts.Add((bracket.Position, bracket.Position + 1));
        }
    }

    // The position after a link's destination or label, -1 when it is unfinished, 0 when there is none.
    private int TargetEnd(int position)
    {
        if (_text[position] is not ('(' or '['))
        {
            return 0;
        }

        var (open, close) = _text[position] == '(' ? ('(', ')') : ('[', ']');
        var depth = 0;
        var limit = Math.Min(_end, position + Math.Min(SafeLinks.MaxLength, _searchable));
        for (var i = position; i < limit; i++)
        {
            var c = _text[i];
            if (c == '\\')
            {
                i++;
            }
            else if (c == open)
            {
                depth++;
            }
            else if (c == close && --depth == 0)
            {
                _searchable -= i - position;
                return i + 1;
            }
            else if (open == '(' && char.IsWhiteSpace(c) && i + 1 < _end && _text[i + 1] is not ('"' or '\'' or '(' or ')' or ' ' or '\n')
                && !_text.AsSpan(position, i - position).ContainsAny('"', '\''))
            {
                // A destination has no spaces, and only a title may follow one.
                return 0;
            }
        }

        _searchable -= limit - position;
        return limit < _end ? 0 : -1;
    }

    private void ReadEmphasis()
    {
        var mark = _text[_at];
        var run = RunAt(_at);
        if (_at + run >= _end)
        {
            ReadTrailingMarks(mark, run);
            return;
        }

        var (opens, closes) = Flanking.Of(_text.AsSpan(Start, _end - Start), _at - Start, _at - Start + run, mark);
        if (mark == '~' && run != 2)
        {
            opens = closes = false;
        }

        var left = closes ? Close(mark, run) : run;
        if (opens && left is > 0 and <= 3)
        {
            Open(new Emphasis(mark, _at, left));
        }

        _at += run;
    }

    // Marks at the very end close an open mark of the same length. Otherwise the next token decides what they are.
    private void ReadTrailingMarks(char mark, int run)
    {
        var open = _emphases.FindLastIndex(e => e.Character == mark);
        if (open >= 0 && _emphases[open].Count == run && _at > _emphases[open].Position + run && !char.IsWhiteSpace(_text[_at - 1]))
        {
            Close(mark, run);
            _at += run;
        }
        else
        {
            End(run <= LiveEnd.MaxHeldBack ? _at : _end);
            _at += run;
        }
    }

    private int Close(char mark, int run)
    {
        // Counted, so that a mark without an open counterpart does not search all the others.
        while (run > 0 && _openMarks.GetValueOrDefault(mark) > 0)
        {
            var index = _emphases.FindLastIndex(e => e.Character == mark);
            var open = _emphases[index];
            var matched = Math.Min(open.Count, run);
            run -= matched;
            ForgetFrom(index);
            if (open.Count > matched)
            {
                Open(open with { Count = open.Count - matched });
            }
        }

        return run;
    }

    private void Open(Emphasis emphasis)
    {
        _emphases.Add(emphasis);
        _openMarks[emphasis.Character] = _openMarks.GetValueOrDefault(emphasis.Character) + 1;
    }

    private void ForgetFrom(int index)
    {
        for (var i = index; i < _emphases.Count; i++)
        {
            _openMarks[_emphases[i].Character]--;
        }

        _emphases.RemoveRange(index, _emphases.Count - index);
    }

    private readonly record struct Emphasis(char Character, int Position, int Count, string? Element = null);

    private readonly record struct Bracket(int Position, bool IsImage, int Emphases);
}
