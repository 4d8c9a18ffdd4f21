namespace BlazorChat.Live;

/// <summary>
/// How often running responses are shown. A render batch and its acknowledgment cost about 100 µs of a core, whatever the batch
/// carries. The number of batches per second therefore decides the cost: the more circuits watch, the slower the frames, within
/// bounds that still look live.
/// </summary>
public sealed class FrameInterval
{
    /// <summary>The shortest time between two frames of a room.</summary>
    public static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(60);

    /// <summary>The longest time between two frames of a room while something changes.</summary>
    public static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(200);

    // Batches get at most half of the cores. At 100 µs each, one viewer needs 200 µs of every frame on one core.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMicroseconds(200.0 / Environment.ProcessorCount);

    private int _viewers;

    /// <summary>The number of viewers, in the whole process, of rooms with running responses.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>The current time between two frames.</summary>
    public TimeSpan Interval
    {
        get
        {
            var wanted = PerViewer * Viewers;
            return wanted < Fastest ? Fastest : wanted > Slowest ? Slowest : wanted;
        }
    }

    internal void Add(int viewers) => Interlocked.Add(ref _viewers, viewers);
}
