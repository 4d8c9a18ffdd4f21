namespace BlazorChat.Assistants.Middleware.Filters;

/// <summary>Knows whether a Markdown text that is being written is inside code, where tags are only shown. Not thread-safe.</summary>
internal sealed class CodeTracker
{
    private char _fence;
    private int _fenceLength;
    private int _ticks;
    private bool _isLineStart = true;

    /// <summary>Whether the text is inside a code block or a code span.</summary>
    public bool IsInCode => _fence != '\0' || _ticks > 0;

    /// <summary>Whether the text is inside a code block.</summary>
    public bool IsInBlock => _fence != '\0';

    /// <summary>Whether only white space is before this on its line.</summary>
    public bool IsAtLineStart => _isLineStart;

    /// <summary>The character before; a line break at the beginning.</summary>
    public char Last { get; private set; } = '\n';

    /// <summary>The number of characters of a run of backticks or tildes at the beginning of a text that must be read as a whole; 0 if there is no run.</summary>
    public static int RunLength(ReadOnlySpan<char> text)
    {
        if (text is not [('`' or '~') and var mark, ..])
        {
            return 0;
        }

        var other = text.IndexOfAnyExcept(mark);
        return other < 0 ? text.Length : other;
    }

    /// <summary>Reads a piece of the text; a run (<see cref="RunLength"/>) comes alone.</summary>
    public void Read(ReadOnlySpan<char> piece)
    {
        if (RunLength(piece) == piece.Length && piece.Length > 0)
        {
            ReadRun(piece[0], piece.Length);
            Last = piece[^1];
            return;
        }

        foreach (var character in piece)
        {
            if (character == '\n')
            {
                // A code span may go over one line break, but an empty line ends every paragraph; a lone backtick must not hide the rest.
                _ticks = _isLineStart ? 0 : _ticks;
                _isLineStart = true;
            }
            else if (character is not (' ' or '\t' or '\r' or '>'))
            {
                _isLineStart = false;
            }
        }

        Last = piece.Length > 0 ? piece[^1] : Last;
    }

    private void ReadRun(char mark, int length)
    {
        if (_fence != '\0')
        {
            if (_isLineStart && mark == _fence && length >= _fenceLength)
            {
                _fence = '\0';
            }
        }
        else if (_isLineStart && length >= 3 && _ticks == 0)
        {
            (_fence, _fenceLength) = (mark, length);
        }
        else if (mark == '`')
        {
            _ticks = _ticks == 0 ? length : _ticks == length ? 0 : _ticks;
        }

        _isLineStart = false;
    }
}
