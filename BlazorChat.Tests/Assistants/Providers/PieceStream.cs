namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>A stream that gives one piece with each read.</summary>
/// <param name="pieces">The pieces; empty ones are left out.</param>
/// <param name="end">What it ends with, null for a clean end.</param>
internal sealed class PieceStream(IEnumerable<byte[]> pieces, Exception? end = null) : MemoryStream
{
    private readonly Queue<byte[]> _pieces = new(pieces.Where(piece => piece.Length > 0));
    private int _offset;

    public int Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_pieces.TryPeek(out var piece))
        {
            return end is null ? new(0) : ValueTask.FromException<int>(end);
        }

        var count = Math.Min(buffer.Length, piece.Length - _offset);
        piece.AsMemory(_offset, count).CopyTo(buffer);
        _offset += count;
        if (_offset == piece.Length)
        {
            _pieces.Dequeue();
            _offset = 0;
            Given++;
        }

        return new(count);
    }
}
