using System.Buffers;
using System.Runtime.ExceptionServices;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// An event stream from a model's server, repaired event by event (<see cref="EventLines"/>). An event is passed on as soon as it is
/// complete, wherever the network split its bytes.
/// </summary>
/// <param name="inner">The server's stream; disposed with this one.</param>
internal sealed class MendedStream(Stream inner) : Stream
{
    /// <summary>The most bytes of a line and of an event. Without a limit, a server that never ends one would fill the memory.</summary>
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
                // Only if no read can still be running: it would write into an array that someone else has rented.
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        base.Dispose(disposing);
    }

    private Memory<byte> Buffer() => _buffer ?? throw new ObjectDisposedException(nameof(MendedStream));

    /// <summary>Returns what is ready, or the end; false if more must be read first.</summary>
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

    /// <summary>Passes on what waited before the failure is thrown.</summary>
    private void Keep(Exception exception)
    {
        _lines.End(_ready);
        _failure = ExceptionDispatchInfo.Capture(exception);
    }
}
