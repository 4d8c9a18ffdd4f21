using System.Collections.Immutable;
using System.Text;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>An open fence. Passes its lines on as they arrive, up to its closing line, without parsing any of them twice.</summary>
internal sealed class LiveCode(FencedCodeBlock fence)
{
    private const int MaxFenceIndent = 3;

    private const int TabWidth = 4;

    private readonly StringBuilder _fresh = new();
    private readonly string? _language = CodeLanguage.Of(fence.Info);
    private ImmutableArray<string> _chunks = [];
    private bool _isInsideLine;

    /// <summary>The visible text. Adds the text read since the last call as one more chunk.</summary>
    public OpenCode Show()
    {
        if (_fresh.Length > 0)
        {
            _chunks = _chunks.Add(_fresh.ToString());
            _fresh.Clear();
        }

        return new OpenCode(_language, _chunks);
    }

    /// <summary>Reads the text that follows the text read before.</summary>
    /// <param name="text">The text. The caller must pass the part that was not consumed again, followed by more text.</param>
    /// <param name="consumed">The length read: less than everything when the last line may become the closing fence.</param>
    /// <returns>Whether the closing fence was read.</returns>
    public bool Read(ReadOnlySpan<char> text, out int consumed)
    {
        consumed = 0;
        while (consumed < text.Length)
        {
            var rest = text[consumed..];
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            if (!_isInsideLine)
            {
                if (end >= 0 && IsClosingFence(line))
                {
                    consumed += end + 1;
                    return true;
                }

                if (end < 0 && line.Length <= LiveEnd.MaxHeldBack && MayBecomeClosingFence(line))
                {
                    return false;
                }

                line = WithoutFenceIndent(line);
            }

            _fresh.Append(line);
            _isInsideLine = end < 0;
            if (end >= 0)
            {
                _fresh.Append('\n');
            }

            consumed = end < 0 ? text.Length : consumed + end + 1;
        }

        return false;
    }

    private ReadOnlySpan<char> WithoutFenceIndent(ReadOnlySpan<char> line)
    {
        var at = 0;
        for (var column = 0; column < fence.IndentCount && at < line.Length && IsIndent(line[at]); at++)
        {
            column = ColumnAfter(line[at], column);
        }

        return line[at..];
    }

    // A fence that is indented as code is may be indented by tabs, too.
    private bool IsIndent(char c) => c == ' ' || (c == '\t' && fence.IndentCount > MaxFenceIndent);

    private static int ColumnAfter(char c, int column) => c == '\t' ? column + TabWidth - (column % TabWidth) : column + 1;

    private bool IsClosingFence(ReadOnlySpan<char> line)
    {
        var marks = FenceMarks(line, out var rest);
        return marks >= fence.OpeningFencedCharCount && rest.IsWhiteSpace();
    }

    private bool MayBecomeClosingFence(ReadOnlySpan<char> line)
    {
        var marks = FenceMarks(line, out var rest);
        return marks >= 0 && (rest.IsEmpty || (marks >= fence.OpeningFencedCharCount && rest.IsWhiteSpace()));
    }

    private int FenceMarks(ReadOnlySpan<char> line, out ReadOnlySpan<char> rest)
    {
        var column = 0;
        var at = 0;
        for (; at < line.Length && IsIndent(line[at]); at++)
        {
            column = ColumnAfter(line[at], column);
        }

        var trimmed = line[at..];
        if (column > MaxFenceIndent && (fence.IndentCount <= MaxFenceIndent || column >= fence.IndentCount + TabWidth))
        {
            rest = line;
            return -1;
        }

        rest = trimmed.TrimStart(fence.FencedChar);
        return trimmed.Length - rest.Length;
    }
}
