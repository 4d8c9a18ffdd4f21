namespace BlazorChat.Live;

/// <summary>
/// How often running responses are shown. One render batch with its acknowledgement costs about 100 µs of a core whatever
/// it carries, so batches per second decide the cost: frames become slower as more circuits watch, within bounds that
/// still read as live.
/// </summary>
public sealed class FrameInterval
{
    /// <summary>Shortest time between two frames of a room.</summary>
    public static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(60);

    /// <summary>Longest time between two frames of a room while something changes.</summary>
    public static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(200);

    // At most half of the cores on batches: 100 µs each, so one viewer on one core needs 200 µs of every frame.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMicroseconds(200.0 / Environment.ProcessorCount);

    private int _viewers;

    /// <summary>Viewers of rooms in which answers run, in the whole process.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>The present time between two frames.</summary>
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
