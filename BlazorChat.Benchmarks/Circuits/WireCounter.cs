namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// Counts one session's bytes where TCP carries them: below WebSocket framing and compression, without TCP/IP headers.
/// </summary>
internal sealed class WireCounter
{
    private long _received;
    private long _sent;

    /// <summary>Bytes that came in so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Bytes that went out so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>A view of the connection that counts what passes.</summary>
    public Stream Count(Stream connection) => new CountingStream(connection, this);

    private sealed class CountingStream(Stream inner, WireCounter counter) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Came(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Came(inner.Read(buffer, offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Goes(buffer.Length);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Goes(count);
            inner.Write(buffer, offset, count);
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Came(int bytes)
        {
            Interlocked.Add(ref counter._received, bytes);
            return bytes;
        }

        private void Goes(int bytes) => Interlocked.Add(ref counter._sent, bytes);
    }
}
