using System.Collections.Immutable;
using System.Text;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// An open fence: passes its lines on as they come, without parsing any of them twice, until its closing line.
/// </summary>
internal sealed class LiveCode(FencedCodeBlock fence)
{
    private const int MaxFenceIndent = 3;

    private readonly StringBuilder _fresh = new();
    private readonly string? _language = CodeBlockHtml.Language(fence.Info);
    private ImmutableArray<string> _chunks = [];
    private bool _isInsideLine;

    /// <summary>What a viewer sees. Takes what was read since the last call as one more chunk.</summary>
    public OpenCode Show()
    {
        if (_fresh.Length > 0)
        {
            _chunks = _chunks.Add(_fresh.ToString());
            _fresh.Clear();
        }

        return new OpenCode(_language, _chunks);
    }

    /// <summary>
    /// Reads text that follows what was read before.
    /// </summary>
    /// <param name="text">The text; what <paramref name="consumed"/> leaves of it must come again, with more behind it.</param>
    /// <param name="consumed">How much was read: less than everything when the last line may become the closing fence.</param>
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
        var indent = 0;
        while (indent < fence.IndentCount && indent < line.Length && line[indent] == ' ')
        {
            indent++;
        }

        return line[indent..];
    }

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
        var trimmed = line.TrimStart(' ');
        if (line.Length - trimmed.Length > MaxFenceIndent)
        {
            rest = line;
            return -1;
        }

        rest = trimmed.TrimStart(fence.FencedChar);
        return trimmed.Length - rest.Length;
    }
}
