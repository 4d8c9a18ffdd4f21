using BlazorChat.Assistants.Middleware.Filters;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>
/// Separates reasoning from text by tags, which may come in pieces. Holds back only what may be the beginning of the next tag. After a tag
/// that is never closed, everything is reasoning. White space around the tags at the start of a response is left out.
/// </summary>
/// <param name="options">The settings.</param>
internal sealed class ThinkFilter(ThinkOptions options) : ContentFilter
{
    // White space before an opening tag is held back too, within this limit.
    private const int MostHeld = 512;

    private readonly string _opening = $"<{options.Tag}>";
    private readonly string _closing = $"</{options.Tag}>";
    private string _held = "";
    private bool _inside = options.StartsInside;
    private bool _textCame;
    private bool _closed;
    private bool _trimsStart;

    public override void Add(AIContent content, IList<AIContent> output)
    {
        switch (content)
        {
            case TextContent text:
                _held += text.Text;
                while (Next(output))
                {
                }

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
        Emit(_held, output);
        _held = "";
    }

    /// <summary>One step; false if more text must come first.</summary>
    private bool Next(IList<AIContent> output) =>
        _held.Length > 0 && (_inside ? NextTag(_closing, output) : options.Anywhere ? NextTag(_opening, output) : NextAtStart(output));

    private bool NextTag(string tag, IList<AIContent> output)
    {
        var at = _held.IndexOf(tag, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            var keep = Overlap(_held, tag);
            Emit(_held[..^keep], output);
            _held = _held[^keep..];
            return false;
        }

        Emit(_held[..at], output);
        _held = _held[(at + tag.Length)..];
        Turn();
        return true;
    }

    private bool NextAtStart(IList<AIContent> output)
    {
        var start = _held.TrimStart();
        if (!_textCame && !_closed)
        {
            if (start.StartsWith(_opening, StringComparison.OrdinalIgnoreCase))
            {
                _held = start[_opening.Length..];
                Turn();
                return true;
            }

            if (_held.Length <= MostHeld && _opening.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        End(output);
        return false;
    }

    private void Turn()
    {
        _closed |= _inside;
        _trimsStart = _inside ? !_textCame : _trimsStart;
        _inside = !_inside;
    }

    private void Emit(string text, IList<AIContent> output)
    {
        if (!_inside && _trimsStart)
        {
            text = text.TrimStart();
            _trimsStart = text.Length == 0;
        }

        if (text.Length == 0)
        {
            return;
        }

        _textCame |= !_inside && !string.IsNullOrWhiteSpace(text);
        output.Add(_inside ? new TextReasoningContent(text) : new TextContent(text));
    }

    /// <summary>The length of the longest end of a text that could begin a tag.</summary>
    private static int Overlap(string text, string tag)
    {
        for (var length = Math.Min(text.Length, tag.Length - 1); length > 0; length--)
        {
            if (tag.StartsWith(text[^length..], StringComparison.OrdinalIgnoreCase))
            {
                return length;
            }
        }

        return 0;
    }
}
