using System.Text;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>
/// Redacts a text that comes in pieces. The match that begins first counts, then the longest, then that of the first pattern. The result
/// does not depend on the pieces. Only text that may still become part of a match is held back, at most <see cref="MaxHeld"/> characters.
/// A match of up to half of that is always found. A longer one is found if its beginning alone is a match; then the rest is replaced with
/// it. Not thread-safe.
/// </summary>
/// <param name="program">The patterns.</param>
internal sealed class TextRedactor(PatternProgram program)
{
    /// <summary>The most characters that are held back.</summary>
    public const int MaxHeld = 512;

    private readonly StringBuilder _held = new();
    private readonly long[] _seen = new long[program.Steps.Count];
    private readonly Stack<int> _toFollow = new();
    private List<(int Step, long Start)> _threads = [];
    private List<(int Step, long Start)> _next = [];
    private long _stamp;
    private long _round;
    private long _sameStart;
    private char? _before;

    // The position of the held text in the whole text, and how much of it the threads have read.
    private long _base;
    private int _read;
    private Candidate? _best;

    // A match that was too long to hold back: already replaced, but it may still grow. Its end so far.
    private Candidate? _open;

    /// <summary>The number of replacements so far.</summary>
    public int Replacements { get; private set; }

    /// <summary>Adds a piece, and outputs the text that is decided.</summary>
    public void Append(string text, StringBuilder output)
    {
        if (program.Entry < 0)
        {
            output.Append(text);
            return;
        }

        foreach (var character in text)
        {
            _held.Append(character);
            while (_read < _held.Length)
            {
                Read(output);
            }
        }
    }

    /// <summary>Outputs the rest, at the end of the text. Anything added later is a new text.</summary>
    public void End(StringBuilder output)
    {
        while (_held.Length > 0 || _open is not null)
        {
            if (_read < _held.Length)
            {
                Read(output);
            }
            else
            {
                Step(null);
                Settle(output, atEnd: true);
            }
        }

        _threads.Clear();
        _before = null;
    }

    /// <summary>Redacts a whole text at once.</summary>
    public static string Redact(PatternProgram program, string text)
    {
        var redactor = new TextRedactor(program);
        var output = new StringBuilder(text.Length);
        redactor.Append(text, output);
        redactor.End(output);
        return redactor.Replacements == 0 ? text : output.ToString();
    }

    private void Read(StringBuilder output)
    {
        var next = _held[_read];
        if (!WrittenForms.IsInvisible(next))
        {
            Step(next);
        }

        _read++;
        Settle(output, atEnd: false);
    }

    /// <summary>Advances every thread over a character; null for the end of the text.</summary>
    private void Step(char? character)
    {
        _round = ++_stamp;
        _next.Clear();
        var before = _read == 0 ? _before : _held[_read - 1];
        var last = -1L;
        foreach (var (step, start) in _threads)
        {
            // Threads are ordered by their starts.
            _sameStart = start == last ? _sameStart : ++_stamp;
            last = start;
            Follow(step, start, before, character);
        }

        if (_best is null && _open is null)
        {
            _sameStart = ++_stamp;
            Follow(program.Entry, _base + _read, before, character);
        }

        (_threads, _next) = (_next, _threads);
        if (_best is { } best)
        {
            _threads.RemoveAll(thread => thread.Start > best.Start);
        }
    }

    private void Follow(int first, long start, char? before, char? next)
    {
        _toFollow.Push(first);
        while (_toFollow.TryPop(out var at))
        {
            // Of the threads that reach the same place, only the first continues; if the match is checked, each of them.
            var step = program.Steps[at];
            var stamp = step.IsChecked ? _sameStart : _round;
            if (_seen[at] == stamp)
            {
                continue;
            }

            _seen[at] = stamp;
            switch (step.Op)
            {
                case PatternOp.One when next is { } character && step.Class!.Contains(character):
                    _next.Add((step.Next, start));
                    break;
                case PatternOp.Split:
                    _toFollow.Push(step.Other);
                    _toFollow.Push(step.Next);
                    break;
                case PatternOp.NotBehind when !IsIn(step.Class!, before):
                case PatternOp.NotAhead when !IsIn(step.Class!, next):
                case PatternOp.Boundary when IsIn(step.Class!, before) != IsIn(step.Class!, next):
                    _toFollow.Push(step.Next);
                    break;
                case PatternOp.Match:
                    Consider(new Candidate(start, _base + _read, step.Next));
                    break;
            }
        }
    }

    private void Consider(Candidate found)
    {
        if (_open is { } open)
        {
            _open = found.Pattern == open.Pattern ? found : open;
            return;
        }

        var isBetter = _best is not { } best
            || found.Start < best.Start
            || (found.Start == best.Start && (found.End > best.End || (found.End == best.End && found.Pattern < best.Pattern)));
        if (isBetter && program.Patterns[found.Pattern].IsValid is var isValid
            && (isValid is null || isValid(WrittenForms.Usual(_held.ToString((int)(found.Start - _base), (int)(found.End - found.Start))))))
        {
            _best = found;
        }
    }

    /// <summary>Outputs and replaces what is decided.</summary>
    private void Settle(StringBuilder output, bool atEnd)
    {
        var isFull = _read > MaxHeld;
        if (_open is { } open)
        {
            Drop((int)(open.End - _base));
            if (_threads.Count == 0 || isFull || atEnd)
            {
                _open = null;
                ReadAgain();
            }
        }
        else if (_best is { } best)
        {
            if (_threads.Count > 0 && !isFull && !atEnd)
            {
                return;
            }

            output.Append(_held, 0, (int)(best.Start - _base)).Append(program.Patterns[best.Pattern].Replacement);
            Replacements++;
            Drop((int)(best.End - _base));
            _best = null;
            _threads.RemoveAll(thread => thread.Start != best.Start);
            if (_threads.Count > 0 && !atEnd && program.Patterns[best.Pattern].IsValid is null)
            {
                _open = best;
            }
            else
            {
                ReadAgain();
            }
        }
        else if (isFull)
        {
            Show(output, MaxHeld / 2, atEnd);
            ReadAgain();
        }
        else
        {
            Show(output, atEnd ? _held.Length : _threads.Count == 0 ? _read : (int)(_threads[0].Start - _base), atEnd);
        }
    }

    /// <summary>Reads the rest again, because threads that lost to others may be needed for it.</summary>
    private void ReadAgain()
    {
        _threads.Clear();
        _read = 0;
    }

    private void Show(StringBuilder output, int length, bool atEnd)
    {
        // Half of a surrogate pair cannot be shown.
        if (!atEnd && length > 0 && char.IsHighSurrogate(_held[length - 1]))
        {
            length--;
        }

        output.Append(_held, 0, length);
        Drop(length);
    }

    private void Drop(int length)
    {
        if (length <= 0)
        {
            return;
        }

        _before = _held[length - 1];
        _held.Remove(0, length);
        _base += length;
        _read = Math.Max(0, _read - length);
    }

    private static bool IsIn(CharClass characters, char? character) => character is { } value && characters.Contains(value);

    private sealed record Candidate(long Start, long End, int Pattern);
}
