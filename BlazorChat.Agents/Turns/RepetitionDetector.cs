namespace BlazorChat.Turns;

/// <summary>
/// Finds out that a model's text goes round in circles: the same 200 characters or more, five times in a row. What repeats short rows
/// legitimately (code, tables, lists, rulers) may do so for much longer, and single characters even more. It looks only now and then, at the end of the text, so its cost
/// per character does not depend on the length of the text. Not thread-safe.
/// </summary>
internal sealed class RepetitionDetector
{
    /// <summary>How much text must repeat before prose is ended, in characters.</summary>
    public const int Prose = Times * Block;

    /// <summary>How much text may consist of the same short rows.</summary>
    public const int Rows = 16_000;

    /// <summary>How much text may consist of the same few characters.</summary>
    public const int Characters = 100_000;

    private const int FewCharacters = 8;
    private const int Block = 200;
    private const int Times = 5;

    // Blocks of identical rows are likelier than identical paragraphs: they need more repetitions.
    private const int TimesOfRows = 10;

    // The longest block whose repetition is found.
    private const int LongestBlock = 3_000;

    // How often it looks, and the piece of text at the end whose earlier occurrence gives the length of the block.
    private const int Between = 128;
    private const int ProbeLength = 64;

    // A block may contain the probe more than once.
    private const int Candidates = 4;

    private const int Window = 16_384;

    private char[] _text = new char[512];
    private int _length;
    private int _unseen;
    private int _period;
    private int _run;
    private int _fence;
    private bool _isIndent = true;
    private bool _isFenced;

    /// <summary>Whether the text repeats itself. Nothing is looked at after that.</summary>
    public bool Repeats { get; private set; }

    /// <summary>Takes a piece of the text.</summary>
    /// <returns>How many of its characters came before it was found to repeat: all of them if it does not.</returns>
    public int Take(ReadOnlySpan<char> piece)
    {
        var taken = 0;
        while (taken < piece.Length && !Repeats)
        {
            var next = piece.Slice(taken, Math.Min(piece.Length - taken, Between - _unseen));
            Add(next);
            taken += next.Length;
            _unseen += next.Length;
            if (_unseen == Between)
            {
                _unseen = 0;
                Repeats = _length >= Prose && Look();
            }
        }

        // Not through the middle of a character.
        return taken < piece.Length && taken > 0 && char.IsHighSurrogate(piece[taken - 1]) ? taken - 1 : taken;
    }

    private void Add(ReadOnlySpan<char> piece)
    {
        if (_length + piece.Length > _text.Length)
        {
            if (_text.Length < 2 * Window)
            {
                Array.Resize(ref _text, Math.Min(2 * Window, Math.Max(_text.Length * 2, _length + piece.Length)));
            }

            if (_length + piece.Length > _text.Length)
            {
                _text.AsSpan(_length - Window, Window).CopyTo(_text);
                _length = Window;
            }
        }

        piece.CopyTo(_text.AsSpan(_length));
        _length += piece.Length;
        foreach (var c in piece)
        {
            Follow(c);
        }
    }

    // Follows code fences, which are at the beginnings of lines.
    private void Follow(char c)
    {
        if (c == '\n')
        {
            (_fence, _isIndent) = (0, true);
        }
        else if (_isIndent && c is '`' or '~')
        {
            if (++_fence == 3)
            {
                (_isFenced, _isIndent) = (!_isFenced, false);
            }
        }
        else if (_isIndent && (c is not (' ' or '\t') || _fence > 0))
        {
            _isIndent = false;
        }
    }

    private bool Look()
    {
        var text = _text.AsSpan(0, _length);
        var probe = text[^ProbeLength..];
        var first = Math.Max(0, _length - LongestBlock - ProbeLength);
        var end = _length - 1;
        for (var candidate = 0; candidate < Candidates && text[first..end].LastIndexOf(probe) is var found and >= 0; candidate++)
        {
            var period = _length - ProbeLength - (first + found);
            var start = _length - period;
            while (start > 0 && text[start - 1] == text[start - 1 + period])
            {
                start--;
            }

            var run = _length - start;
            // A run may be longer than what is kept of the text.
            run = period == _period ? Math.Max(run, _run + Between) : run;
            if (run > 2 * period)
            {
                (_period, _run) = (period, run);
                // A longer block could only be this one, several times.
                return run >= Needed(text, period);
            }

            end = first + found + ProbeLength - 1;
        }

        _period = 0;
        return false;
    }

    private int Needed(ReadOnlySpan<char> text, int period) =>
        period < FewCharacters ? Characters
        : !_isFenced && !AreRows(text, period) ? Math.Max(Prose, Times * period)
        : period < Block ? Rows
        : Math.Min(Rows, TimesOfRows * period);

    // Rows of a table, items of a list, lines of a quote, rulers, or numbers and signs without words.
    private static bool AreRows(ReadOnlySpan<char> text, int period)
    {
        var block = text[^period..];
        var letters = 0;
        foreach (var c in block)
        {
            letters += char.IsLetter(c) ? 1 : 0;
        }

        if (letters == 0)
        {
            return true;
        }

        if (!block.Contains('\n'))
        {
            return IsRow(text[(text.LastIndexOf('\n') + 1)..]);
        }

        // Whole lines: the block may begin in the middle of one.
        foreach (var line in text[^Math.Min(text.Length, 2 * period)..][block.IndexOf('\n')..].EnumerateLines())
        {
            if (!line.IsWhiteSpace() && !IsRow(line))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRow(ReadOnlySpan<char> line) => line.TrimStart() is [var mark, ..] && (mark is '|' or '-' or '*' or '+' or '>' or '#' or '=' || char.IsAsciiDigit(mark));
}
