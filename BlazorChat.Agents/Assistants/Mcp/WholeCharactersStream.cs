using BlazorChat.Assistants.Providers;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// A server's JSON in which escapes that are half of a surrogate pair are replaced by that of U+FFFD. The protocol's library cannot read
/// them, and would lose the whole message.
/// </summary>
/// <param name="inner">The stream to read; disposed with this one.</param>
internal sealed class WholeCharactersStream(Stream inner) : Stream
{
    private const int EscapeLength = 6;

    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _ready;
    private int _end;
    private bool _isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _ready && !_isAtEnd)
        {
            MakeRoom();
            Take(await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false));
        }

        return Give(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_start == _ready && !_isAtEnd)
        {
            MakeRoom();
            Take(inner.Read(_buffer.AsSpan(_end)));
        }

        return Give(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _ready - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private void MakeRoom()
    {
        // At most an escape and a half wait.
        _buffer.AsSpan(_ready, _end - _ready).CopyTo(_buffer);
        (_start, _ready, _end) = (0, 0, _end - _ready);
    }

    private void Take(int read)
    {
        _end += read;
        _isAtEnd = read == 0;
        var text = _buffer.AsSpan(0, _end);
        var at = 0;
        while (text[at..].IndexOf((byte)'\\') is >= 0 and var next)
        {
            at += next;
            var rest = text[at..];
            if (rest.Length < 2 * EscapeLength && !_isAtEnd && (rest.Length < 2 || rest[1] == 'u'))
            {
                _ready = at;
                return;
            }

            var unit = WireText.Unit(rest);
            if (char.IsHighSurrogate(unit) && char.IsLowSurrogate(WireText.Unit(rest[EscapeLength..])))
            {
                at += 2 * EscapeLength;
            }
            else if (char.IsSurrogate(unit))
            {
                "\\ufffd"u8.CopyTo(rest);
                at += EscapeLength;
            }
            else
            {
                at += Math.Min(2, rest.Length);
            }
        }

        _ready = _end;
    }
}
