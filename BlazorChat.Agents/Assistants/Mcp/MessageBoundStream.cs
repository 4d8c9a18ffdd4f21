namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// What a server sends, up to a bound for each message: the protocol's library collects a message whole before anybody can
/// look at it, so that a server that never ends one would fill the memory.
/// </summary>
/// <param name="inner">What is read; closed with this.</param>
/// <param name="limit">The most bytes of one message.</param>
/// <param name="newlines">How many newlines in a row end a message: 1 for lines, 2 for server-sent events, 0 where all is one message.</param>
internal sealed class MessageBoundStream(Stream inner, long limit, int newlines) : Stream
{
    private long _length;
    private int _row;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <exception cref="McpMessageTooLongException">The message has more bytes than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span[..read]);
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

    private int Count(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value == (byte)'\n')
            {
                _row++;
                _length = _row == newlines ? 0 : _length + 1;
                _row = _row == newlines ? 0 : _row;
            }
            else if (value != (byte)'\r')
            {
                _row = 0;
                _length++;
            }

            if (_length > limit)
            {
                throw new McpMessageTooLongException(limit);
            }
        }

        return bytes.Length;
    }
}

/// <summary>A server sent a message that is longer than any may be.</summary>
/// <param name="limit">The most bytes of one message.</param>
internal sealed class McpMessageTooLongException(long limit) : IOException($"A message has more than {limit:N0} bytes.")
{
    public long Limit => limit;
}
