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

    // Frames that a crowd watches are as far apart as still looks live: a third as many batches as at the fastest.
    private static readonly TimeSpan Crowded = TimeSpan.FromMilliseconds(180);

    // Between the two, a frame takes as many milliseconds as viewers share a core: 100 ms with 100 viewers on one core.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMilliseconds(1);

    // With still more viewers, batches get at most half of the cores: at 100 µs each, one viewer needs 200 µs of every frame on one core.
    private static readonly TimeSpan BatchesPerViewer = TimeSpan.FromMicroseconds(200);

    private readonly int _cores;
    private int _viewers;

    /// <summary>Creates it for the cores that this process may use.</summary>
    public FrameInterval()
        : this(Environment.ProcessorCount)
    {
    }

    internal FrameInterval(int cores) => _cores = cores;

    /// <summary>The number of viewers, in the whole process, of rooms with running responses.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>The current time between two frames.</summary>
    public TimeSpan Interval
    {
        get
        {
            var viewersPerCore = (double)Viewers / _cores;
            var live = PerViewer * viewersPerCore;
            var needed = BatchesPerViewer * viewersPerCore;
            var wanted = live < Crowded ? live : needed < Crowded ? Crowded : needed;
            return wanted < Fastest ? Fastest : wanted > Slowest ? Slowest : wanted;
        }
    }

    internal void Add(int viewers) => Interlocked.Add(ref _viewers, viewers);
}
