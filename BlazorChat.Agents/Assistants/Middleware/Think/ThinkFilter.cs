using System.Buffers;
using System.Text;
using BlazorChat.Assistants.Middleware.Filters;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>
/// Separates reasoning from text by tags, which may come in pieces. Holds back only what may be the beginning of the next tag. A tag that
/// opens counts at the start of a response, on a line of its own, and once the response has used one; a tag that closes what nothing has
/// opened turns the text before it into reasoning. After a tag that is never closed, everything is reasoning. In code, tags are text.
/// White space around the tags at the start of a response is left out.
/// </summary>
/// <param name="options">The settings.</param>
internal sealed class ThinkFilter(ThinkOptions options) : ContentFilter
{
    private static readonly SearchValues<char> Marks = SearchValues.Create($"`~{ThinkTags.Starts}");

    // Before these, a tag that closes nothing is one that is written about.
    private static readonly SearchValues<char> Mentions = SearchValues.Create(" \t\"'“‘«([{*_/");

    private readonly ThinkTags _tags = new(options.Tag);
    private CodeTracker _code = new();
    private string _held = "";
    private string? _insideOf = options.StartsInside ? "" : null;
    private bool _hasTags = options.StartsInside;
    private bool _hasText;
    private bool _hasTextSinceTag;
    private bool _trimsStart = true;
    private string _space = "";

    // Tags that open and are only written about: so is the tag that closes.
    private int _mentioned;

    // What one call puts out, so that marks in a text do not cut it to pieces.
    private readonly StringBuilder _passed = new();

    public override void Add(AIContent content, IList<AIContent> output)
    {
        switch (content)
        {
            case TextContent text:
                Take(text.Text, output, isEnd: false);
                if (text.Annotations is { Count: > 0 })
                {
                    output.Add(new TextContent("") { Annotations = text.Annotations });
                }

                break;
            case UsageContent or ResponseNoteContent or TextReasoningContent { Text.Length: 0, ProtectedData: null }:
                output.Add(content);
                break;
            default:
                // People see it at this place between the words.
                End(output);
                output.Add(content);
                break;
        }
    }

    public override void End(IList<AIContent> output)
    {
        Take("", output, isEnd: true);
        Emit("", isEnd: true);
        Flush(output);
    }

    private void Take(string piece, IList<AIContent> output, bool isEnd)
    {
        var text = _held.Length == 0 ? piece : _held + piece;
        _held = "";
        var at = 0;
        while (at < text.Length)
        {
            var rest = text.AsSpan(at);
            var mark = rest.IndexOfAny(Marks);
            if (mark != 0)
            {
                var length = mark < 0 ? rest.Length : mark;
                Pass(text.Substring(at, length));
                at += length;
                continue;
            }

            if (CodeTracker.RunLength(rest) is > 0 and var run)
            {
                if (run == rest.Length && !isEnd)
                {
                    break;
                }

                Pass(text.Substring(at, run));
                at += run;
                continue;
            }

            var isHidden = _code.IsInCode && (_insideOf is null || (_code.IsInBlock && !_code.IsAtLineStart));
            var found = isHidden ? false : _tags.Read(rest, out var tag) is var read && read == true ? Counts(tag, rest[tag.Length..], isEnd) : read;
            if (found is null && !isEnd)
            {
                break;
            }

            if (found != true)
            {
                if (_insideOf is null && _tags.Read(rest, out var mentioned) == true)
                {
                    _mentioned += mentioned.IsClosing ? -1 : 1;
                }

                Pass(text.Substring(at, 1));
                at++;
                continue;
            }

            _tags.Read(rest, out tag);
            Turn(tag, output);
            at += tag.Length;
        }

        _held = text[at..];
        Flush(output);
    }

    /// <summary>Whether a tag counts; null if that depends on what comes behind it.</summary>
    private bool? Counts(ThinkTag tag, ReadOnlySpan<char> behind, bool isEnd)
    {
        if (_insideOf is { } open)
        {
            if (!tag.IsClosing)
            {
                return false;
            }

            if (_code.IsInCode && !_code.IsAtLineStart && (behind.IsEmpty || behind[0] == '`'))
            {
                // Quoted. A lone backtick, which closes nowhere, must not hide the tag.
                return behind.IsEmpty && !isEnd ? null : behind.IsEmpty;
            }

            // Some models close another tag than they have opened.
            return open.Length == 0 || tag.Name == open ? true
                : behind.IsEmpty ? (isEnd ? true : null)
                : behind[0] is '\r' or '\n';
        }

        if (!tag.IsClosing)
        {
            if (!_hasText || _hasTags || options.Anywhere)
            {
                return true;
            }

            return !_code.IsAtLineStart ? false : behind.IsEmpty ? (isEnd ? false : null) : behind[0] is '\r' or '\n';
        }

        if (_mentioned > 0)
        {
            return false;
        }

        if (!_hasTextSinceTag || !Mentions.Contains(_code.Last))
        {
            return true;
        }

        return _code.IsAtLineStart ? true : behind.IsEmpty ? (isEnd ? true : null) : behind[0] is '\r' or '\n';
    }

    private void Turn(ThinkTag tag, IList<AIContent> output)
    {
        Flush(output);
        if (_insideOf is null && tag.IsClosing && _hasTextSinceTag)
        {
            output.Add(ThoughtSoFar.Create());
            _hasText = false;
        }

        _hasTags = true;
        _hasTextSinceTag = false;
        _insideOf = tag.IsClosing ? null : tag.Name;
        _trimsStart = _insideOf is null && !_hasText;
        _space = "";
        _code = new CodeTracker();
    }

    private void Pass(string text)
    {
        _code.Read(text);
        Emit(text, isEnd: false);
    }

    private void Flush(IList<AIContent> output)
    {
        if (_passed.Length > 0)
        {
            output.Add(_insideOf is null ? new TextContent(_passed.ToString()) : new TextReasoningContent(_passed.ToString()));
            _passed.Clear();
        }
    }

    private void Emit(string text, bool isEnd)
    {
        if (_insideOf is not null)
        {
            _passed.Append(text);
            return;
        }

        if (_trimsStart)
        {
            var start = Start(text);
            if (_hasTags)
            {
                text = start;
            }
            else
            {
                // White space before the first tag is left out, and before text it is not.
                _space += text[..^start.Length];
                text = start.Length > 0 || isEnd ? _space + start : "";
            }

            _trimsStart = start.Length == 0 && !(isEnd && text.Length > 0);
            _space = _trimsStart ? _space : "";
        }

        if (text.Length > 0)
        {
            var says = Start(text).Length > 0;
            _hasText |= says;
            _hasTextSinceTag |= says;
            _passed.Append(text);
        }
    }

    // Without white space, and without marks that some servers begin a text with and that show nothing.
    private static string Start(string text)
    {
        var at = 0;
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] is '\u200B' or '\uFEFF'))
        {
            at++;
        }

        return text[at..];
    }
}
