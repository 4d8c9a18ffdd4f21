using System.Diagnostics;
using BlazorChat.Benchmarks.Stub;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// What one viewer saw of one response: when each mark came first, and how many bytes had come by then.
/// Written by the circuit's receiving loop, read when that has come to rest.
/// </summary>
internal sealed class ViewerLog
{
    private readonly long[] _seenAt = new long[TokenMark.MaxMarks];
    private readonly long[] _bytesAt = new long[TokenMark.MaxMarks];
    private int _response = -1;
    private int _seen;

    /// <summary>How many different marks came.</summary>
    public int Seen => Volatile.Read(ref _seen);

    /// <summary>Forgets what came and waits for another response's marks.</summary>
    /// <param name="response">Marks of other responses, such as those in the room's history, do not count.</param>
    public void Expect(int response)
    {
        Array.Clear(_seenAt);
        Array.Clear(_bytesAt);
        Volatile.Write(ref _seen, 0);
        Volatile.Write(ref _response, response);
    }

    /// <summary>Looks for marks in text that came.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="timestamp">When it came, as <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="bytes">The bytes that this viewer had received by then.</param>
    public void Scan(ReadOnlySpan<byte> text, long timestamp, long bytes)
    {
        while (TokenMark.TryTake(ref text, out var mark))
        {
            if (mark.Response == Volatile.Read(ref _response) && _seenAt[mark.Ordinal] == 0)
            {
                _seenAt[mark.Ordinal] = timestamp;
                _bytesAt[mark.Ordinal] = bytes;
                Volatile.Write(ref _seen, _seen + 1);
            }
        }
    }

    /// <summary>When the mark came first, or null if it did not.</summary>
    public long? SeenAt(int mark) => _seenAt[mark] == 0 ? null : _seenAt[mark];

    /// <summary>The bytes between two marks' first coming, or null if one of them did not.</summary>
    public long? BytesBetween(int earlier, int later) =>
        _seenAt[earlier] == 0 || _seenAt[later] == 0 ? null : _bytesAt[later] - _bytesAt[earlier];
}
