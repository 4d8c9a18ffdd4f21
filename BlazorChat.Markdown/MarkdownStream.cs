using System.Collections.Immutable;
using System.Text;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// The Markdown of a text that is still being written. Appending is cheap, and a frame parses only the open block, so its cost does not
/// depend on the earlier text. Closed blocks keep their string instance until <see cref="Complete"/>.
/// </summary>
/// <remarks>
/// Thread-safe: a producer calls <see cref="Append"/>, which only takes a short lock around a buffer, while another thread calls
/// <see cref="Refresh"/> once per frame. Concurrent calls of <see cref="Refresh"/> wait for each other. Frames are immutable and may be
/// kept and shared.
/// <para>
/// Top-level blocks are those of Markdig's own parse of the tail. A block is closed when the next one has certainly begun and no further
/// text can change that. Two things are known only at the end: reference links whose definition is in another block, and the budgets of a
/// whole text.
/// </para>
/// </remarks>
public sealed class MarkdownStream
{
    // A block this long in which nothing can settle (such as one endless list item) is parsed again only after it has grown by an eighth,
    // so that the sum of all parses stays proportional to its length.
    private const int StubbornLength = 4 * LiveProse.SettleLength;

    private readonly Lock _appendLock = new();
    private readonly StringBuilder _incoming = new();
    private int _length;

    private readonly Lock _refreshLock = new();
    private readonly StringBuilder _text = new();
    private MarkdownFrame _frame = MarkdownFrame.Empty;
    private ImmutableArray<MarkdownBlock> _closed = [];
    private OpenBlock? _open;
    private LiveProse _prose = new();
    private LiveCode? _code;
    private string _carried = "";
    private bool _isComplete;

    // Positions in _text: the start of the open block, the start of its unread or unsettled part, and the length at which to parse again.
    private int _blockStart;
    private int _tailStart;
    private int _parseFrom;

    /// <summary>Number of characters appended so far.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Appends text, cut anywhere, even within a line end or a surrogate pair.</summary>
    /// <exception cref="InvalidOperationException">The text is complete.</exception>
    public void Append(string delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        lock (_appendLock)
        {
            if (_isComplete)
            {
                throw new InvalidOperationException("The text is complete.");
            }

            _incoming.Append(delta);
            Volatile.Write(ref _length, _length + delta.Length);
        }
    }

    /// <summary>The current frame. The same instance as before when nothing arrived, or nothing visible.</summary>
    public MarkdownFrame Refresh()
    {
        lock (_refreshLock)
        {
            if (Drain(isLast: false))
            {
                while (Advance())
                {
                }

                Publish(_open);
            }

            return _frame;
        }
    }

    /// <summary>
    /// Ends the text and renders it once as a whole, exactly as <see cref="MarkdownRenderer.Render"/> does. Blocks with the same HTML as
    /// when they were closed are the same instances. Further calls return the same blocks.
    /// </summary>
    public ImmutableArray<MarkdownBlock> Complete()
    {
        lock (_refreshLock)
        {
            lock (_appendLock)
            {
                if (_isComplete)
                {
                    return _closed;
                }

                _isComplete = true;
            }

            Drain(isLast: true);
            var blocks = MarkdownRenderer.Render(_text.ToString()).ToBuilder();
            for (var i = 0; i < Math.Min(blocks.Count, _closed.Length); i++)
            {
                if (blocks[i].Html == _closed[i].Html)
                {
                    blocks[i] = _closed[i];
                }
            }

            _closed = blocks.DrainToImmutable();
            Publish(open: null);
            return _closed;
        }
    }

    private void Publish(OpenBlock? open)
    {
        if (_frame.Closed != _closed || !ReferenceEquals(_frame.Open, open))
        {
            _frame = new MarkdownFrame(_closed, open);
        }
    }

    // Takes the appended text and unifies line ends. Half a line end or half a surrogate pair waits for the other half.
    private bool Drain(bool isLast)
    {
        string delta;
        lock (_appendLock)
        {
            if (_incoming.Length == 0 && (!isLast || _carried.Length == 0))
            {
                return false;
            }

            delta = _carried + _incoming;
            _incoming.Clear();
        }

        var cut = !isLast && delta.Length > 0 && (delta[^1] == '\r' || char.IsHighSurrogate(delta[^1])) ? 1 : 0;
        _carried = delta[^cut..];
        _text.Append(MarkdownRenderer.Normalize(delta[..^cut]));
        return true;
    }

    // One step: reads on in an open fence, takes closed blocks off the tail, or shows the open block. False when nothing is left to do.
    private bool Advance() => _code is { } code ? ReadCode(code) : ReadProse();

    private bool ReadCode(LiveCode code)
    {
        var isClosed = code.Read(_text.ToString(_tailStart, _text.Length - _tailStart), out var consumed);
        _tailStart += consumed;
        if (!isClosed)
        {
            _open = code.Show();
            return false;
        }

        _code = null;
        Close(_tailStart);
        return true;
    }

    private bool ReadProse()
    {
        if (_text.Length < _parseFrom)
        {
            return false;
        }

        var context = _prose.Context.Length;
        var text = _prose.Context + _text.ToString(_tailStart, _text.Length - _tailStart);
        var certain = LiveEnd.CertainLength(text);
        if (MarkdownRenderer.Parse(text[..certain], MarkdownPipelines.Structure) is not { } structure)
        {
            WaitForMore(text.Length);
            return false;
        }

        var blocks = structure.Where(block => block is not LinkReferenceDefinitionGroup).ToList();
        if (blocks.Count > 1 && StartOf(text, blocks[1]) > context)
        {
            var start = _tailStart - context;
            foreach (var next in blocks.Skip(1))
            {
                Close(start + StartOf(text, next));
            }

            return true;
        }

        return blocks is [FencedCodeBlock fence] && OpenFence(text, certain, fence) || Show(text, certain, structure, blocks);
    }

    // A fence's first line is certain only when it is complete, because its end decides whether it is one.
    private bool OpenFence(string text, int certain, FencedCodeBlock fence)
    {
        var endOfLine = text.IndexOf('\n', fence.Span.Start, certain - fence.Span.Start);
        if (endOfLine < 0)
        {
            return false;
        }

        _code = new LiveCode(fence);
        _tailStart += endOfLine + 1;
        return true;
    }

    private bool Show(string text, int certain, MarkdownDocument structure, List<Block> blocks)
    {
        _open = blocks is [FencedCodeBlock fence]
            ? (text.Length - fence.Span.Start > LiveEnd.MaxHeldBack ? new OpenCode(null, []) : null)
            : _prose.Show(text, certain, structure);
        if (text.Length < LiveProse.SettleLength)
        {
            return false;
        }

        var context = _prose.Context.Length;
        var settled = blocks is [var block] && certain == text.Length ? _prose.Settle(text, block) : 0;
        if (settled > 0)
        {
            _tailStart += settled - context;
        }
        else
        {
            WaitForMore(text.Length);
        }

        return false;
    }

    private void WaitForMore(int length)
    {
        _parseFrom = length < StubbornLength ? 0 : _text.Length + (length / 8);
    }

    // Closes the open block at a position of the text and renders it from its whole source.
    private void Close(int end)
    {
        // The indentation of the next block is no line of an open fence.
        var until = end;
        while (until > _blockStart && _text[until - 1] is ' ' or '\t')
        {
            until--;
        }

        until = until > _blockStart && _text[until - 1] == '\n' ? until : end;
        _closed = _closed.AddRange(MarkdownRenderer.Render(_text.ToString(_blockStart, until - _blockStart)));
        _open = null;
        _prose = new LiveProse();
        _blockStart = end;
        _tailStart = end;
        _parseFrom = 0;
    }

    private static int StartOf(string text, Block block)
    {
        var start = block.Span.Start == 0 ? 0 : text.LastIndexOf('\n', block.Span.Start - 1) + 1;
        // A table may be split off from a paragraph with indented further lines. Without the lines before it, the indentation would make
        // it code.
        while (block is ParagraphBlock && start < text.Length && text[start] is (' ' or '\t'))
        {
            start++;
        }

        return start;
    }
}
