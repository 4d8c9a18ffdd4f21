using System.Buffers;
using System.Runtime.ExceptionServices;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// An event stream from a model's server, written anew event by event (<see cref="EventReader"/>). An event is passed on as soon as it is
/// complete, wherever the network split its bytes. An error is thrown after everything before it has been read.
/// </summary>
/// <param name="inner">The server's stream; disposed with this one.</param>
/// <param name="protocol">The server's protocol.</param>
/// <param name="unreadable">Told at the end how many events could not be read, if any.</param>
/// <param name="stop">Ends a read that has no token of its own.</param>
internal sealed class MendedStream(Stream inner, ModelProtocol protocol, Action<int>? unreadable = null, CancellationToken stop = default) : Stream
{
    /// <summary>The most bytes of a line and of an event. Without a limit, a server that never ends one would fill the memory.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    private const int BufferBytes = 8 * 1024;

    private readonly ArrayBufferWriter<byte> _ready = new();
    private readonly ArrayBufferWriter<byte> _line = new();

    // Of the request that this belongs to: whoever reads may be somewhere else.
    private readonly Action? _pulse = ModelPulse.Current;
    private EventReader? _events;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private ExceptionDispatchInfo? _failure;
    private int _given;
    private bool _isAfterReturn;
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
                Take(await inner.ReadAsync(Buffer(), cancellationToken.CanBeCanceled ? cancellationToken : stop).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
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
            catch (Exception exception) when (exception is not OperationCanceledException)
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
            _events?.Dispose();
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
        _events ??= new EventReader(protocol, _ready);
        _pulse?.Invoke();
        if (count == 0)
        {
            _ended = true;
            EndLine([]);
            End(isWhole: true);
            return;
        }

        var rest = Buffer().Span[..count];
        if (_isAfterReturn && rest[0] == '\n')
        {
            rest = rest[1..];
        }

        _isAfterReturn = false;
        while (rest.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            TakeLine(rest[..end]);
            _isAfterReturn = rest[end] == '\r' && end + 1 == rest.Length;
            rest = rest[(rest[end..] is [(byte)'\r', (byte)'\n', ..] ? end + 2 : end + 1)..];
        }

        _line.Write(rest);
        if (_line.WrittenCount > MaxLineBytes)
        {
            throw ChatFailures.TooLong(MaxLineBytes);
        }
    }

    private void TakeLine(ReadOnlySpan<byte> end)
    {
        if (_line.WrittenCount == 0)
        {
            _events!.Take(end);
            return;
        }

        EndLine(end);
    }

    private void EndLine(ReadOnlySpan<byte> end)
    {
        _line.Write(end);
        if (_line.WrittenCount > 0)
        {
            try
            {
                _events!.Take(_line.WrittenSpan);
            }
            finally
            {
                _line.ResetWrittenCount();
            }
        }
    }

    private void End(bool isWhole)
    {
        if (_events is not { } events)
        {
            return;
        }

        _events = null;
        using (events)
        {
            try
            {
                events.End(isWhole);
            }
            finally
            {
                if (events.Unreadable > 0)
                {
                    unreadable?.Invoke(events.Unreadable);
                }
            }
        }
    }

    /// <summary>Passes on what is held back before the failure is thrown.</summary>
    private void Keep(Exception exception)
    {
        // Of a line that was cut, nothing is known.
        _failure = ExceptionDispatchInfo.Capture(exception);
        if (exception is not ChatFailureException)
        {
            End(isWhole: false);
        }
    }
}
