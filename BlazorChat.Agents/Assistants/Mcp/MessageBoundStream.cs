namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// A server's output, with a limit for each message. The protocol's library collects a whole message before anyone can check it, so a
/// server that never ends a message would fill the memory.
/// </summary>
/// <param name="inner">The stream to read; disposed with this one.</param>
/// <param name="limit">The most bytes of one message.</param>
/// <param name="newlines">How many consecutive newlines end a message: 1 for lines, 2 for server-sent events, 0 if everything is one message.</param>
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

    /// <exception cref="McpMessageTooLongException">The message exceeds the limit.</exception>
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

/// <summary>A server sent a message that exceeds the limit.</summary>
/// <param name="limit">The most bytes of one message.</param>
internal sealed class McpMessageTooLongException(long limit) : IOException($"A message has more than {limit:N0} bytes.")
{
    public long Limit => limit;
}
