using System.Buffers;
using System.Runtime.ExceptionServices;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// A stream of events from a model's server, mended one by one (<see cref="EventLines"/>). An event goes on as soon as its end has
/// come, wherever the bytes were cut on their way.
/// </summary>
/// <param name="inner">The server's stream; it is disposed with this one.</param>
internal sealed class MendedStream(Stream inner) : Stream
{
    /// <summary>The longest line, and event, in bytes. A server that never ends one would otherwise fill the memory.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private const int BufferBytes = 8 * 1024;

    private readonly EventLines _lines = new();
    private readonly ArrayBufferWriter<byte> _ready = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private ExceptionDispatchInfo? _failure;
    private int _given;
    private bool _ended;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (Give(buffer.Span, out var count))
            {
                return count;
            }

            try
            {
                Take(await inner.ReadAsync(Buffer(), cancellationToken).ConfigureAwait(false));
            }
            catch (Exception exception) when (_lines.IsHolding && exception is not ChatFailureException)
            {
                Keep(exception);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            if (Give(buffer.AsSpan(offset, count), out var given))
            {
                return given;
            }

            try
            {
                Take(inner.Read(Buffer().Span));
            }
            catch (Exception exception) when (_lines.IsHolding && exception is not ChatFailureException)
            {
                Keep(exception);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            if (Interlocked.Exchange(ref _buffer, null) is { } buffer && _ended)
            {
                // Only where no read can still be under way: it would write into somebody else's array.
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        base.Dispose(disposing);
    }

    private Memory<byte> Buffer() => _buffer ?? throw new ObjectDisposedException(nameof(MendedStream));

    /// <summary>Gives what is ready, or the end; false when more is to be read first.</summary>
    private bool Give(Span<byte> buffer, out int count)
    {
        var left = _ready.WrittenSpan[_given..];
        count = Math.Min(left.Length, buffer.Length);
        if (count == 0 && buffer.Length > 0)
        {
            _failure?.Throw();
            return _ended;
        }

        left[..count].CopyTo(buffer);
        _given += count;
        if (_given == _ready.WrittenCount)
        {
            _ready.ResetWrittenCount();
            _given = 0;
        }

        return true;
    }

    private void Take(int count)
    {
        if (count == 0)
        {
            _ended = true;
            if (_line.WrittenCount > 0)
            {
                _lines.Take(_line.WrittenSpan, _ready);
                _line.ResetWrittenCount();
            }

            _lines.End(_ready);
            return;
        }

        var rest = Buffer().Span[..count];
        while (rest.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            // "\r\n" gives an empty line more, which passes as it is.
            if (_line.WrittenCount == 0)
            {
                _lines.Take(rest[..(end + 1)], _ready);
            }
            else
            {
                _line.Write(rest[..(end + 1)]);
                _lines.Take(_line.WrittenSpan, _ready);
                _line.ResetWrittenCount();
            }

            rest = rest[(end + 1)..];
        }

        _line.Write(rest);
        if (_line.WrittenCount > MaxLineBytes)
        {
            throw ChatFailures.TooLong(MaxLineBytes);
        }
    }

    /// <summary>What waited goes out before the failure does.</summary>
    private void Keep(Exception exception)
    {
        _lines.End(_ready);
        _failure = ExceptionDispatchInfo.Capture(exception);
    }
}
