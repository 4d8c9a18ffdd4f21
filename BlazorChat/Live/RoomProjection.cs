using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>
/// An open room, rendered once for all its viewers in this process. It follows the room; what changed is shown to the viewers in
/// frames, as often as the throttle lets them. While nobody looks, nothing is parsed.
/// </summary>
internal sealed partial class RoomProjection : IRoomFollower, IDisposable
{
    private readonly Lock _lock = new();
    private readonly FrameThrottle _throttle;
    private readonly FrameInterval _interval;
    private readonly LiveMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ViewerSet _viewers;

    // What has ended and was not looked at since: rendered with the next frame, not by the first circuit that shows it.
    private readonly List<MessageFrame> _ended = [];
    private RoomFrame? _frame;
    private int _counted;

    public RoomProjection(FrameInterval interval, ViewerNotifier notifier, LiveMetrics metrics, TimeProvider time, ILogger logger)
    {
        _interval = interval;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _viewers = new ViewerSet(notifier);
        _throttle = new FrameThrottle(time, () => interval.Interval, ComposeFrame);
    }

    /// <summary>The room as it stands.</summary>
    public RoomFrame Frame => Volatile.Read(ref _frame) ?? throw new InvalidOperationException("The projection follows no room.");

    /// <summary>The frame for somebody who does not follow, with running responses as they are now.</summary>
    public RoomFrame Current()
    {
        ComposeResponses();
        return Frame;
    }

    /// <summary>Registers first; the caller reads the frame after that, so that nothing falls between.</summary>
    public Viewer AddViewer(Action changed)
    {
        var viewer = _viewers.Add(changed);
        _metrics.ViewerJoined();
        CountViewers();
        // Frames are not composed while nobody watches: what the newcomer reads must be up to date.
        ComposeResponses();
        return viewer;
    }

    public void RemoveViewer(Viewer viewer)
    {
        if (_viewers.Remove(viewer))
        {
            _metrics.ViewerLeft();
            CountViewers();
        }
    }

    /// <inheritdoc />
    public void Begin(OpenRoomState room)
    {
        Volatile.Write(ref _frame, RoomFrame.Of(room));
        CountViewers();
    }

    /// <inheritdoc />
    public void OnEvent(RoomState state)
    {
        var last = Frame;
        var next = last.Next(state);
        Volatile.Write(ref _frame, next);
        // Whoever looks later renders what they see.
        foreach (var running in _viewers.Count == 0 ? [] : last.Running)
        {
            if (next.Find(running.Message.Id) is { Live: null } ended)
            {
                lock (_lock)
                {
                    _ended.Add(ended);
                }
            }
        }

        CountViewers();
        _throttle.Changed();
    }

    /// <inheritdoc />
    public void OnDelta(ResponseDelta delta)
    {
        if (Frame.Find(delta.MessageId)?.Live is { } live)
        {
            live.Apply(delta);
            _throttle.Changed();
        }
    }

    /// <inheritdoc />
    public void End() => Dispose();

    /// <summary>No frame follows; who looks keeps the last one.</summary>
    public void Dispose()
    {
        _throttle.Dispose();
        lock (_lock)
        {
            _interval.Add(-_counted);
            _counted = 0;
            _ended.Clear();
        }
    }

    private void ComposeFrame()
    {
        if (_viewers.Count == 0)
        {
            return;
        }

        var began = _time.GetTimestamp();
        ComposeResponses();
        _viewers.Notify();
        _metrics.Frame(_time.GetElapsedTime(began));
    }

    private void ComposeResponses()
    {
        var frame = Frame;
        ComposeResponses(frame.Messages);
        ComposeResponses(frame.Beyond);
        List<MessageFrame> ended;
        lock (_lock)
        {
            ended = [.. _ended];
            _ended.Clear();
        }

        foreach (var message in ended)
        {
            Contain(() => _ = message.Parts);
        }
    }

    private void ComposeResponses(ImmutableArray<MessageFrame> messages)
    {
        foreach (var message in messages.AsSpan())
        {
            if (message.Live is { } live)
            {
                Contain(live.Compose);
            }
        }
    }

    // A text that breaks the renderer must not break the room, its other responses or, on a timer's thread, the process. It
    // is stored as it is, and shown as unreadable.
    private void Contain(Action render)
    {
        try
        {
            render();
        }
#pragma warning disable CA1031 // See above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotRendered(_logger, e, Frame.Room.Id);
        }
    }

    private void CountViewers()
    {
        lock (_lock)
        {
            var counted = Frame.Running.Any() ? _viewers.Count : 0;
            _interval.Add(counted - _counted);
            _counted = counted;
        }
    }

    [LoggerMessage(LogLevel.Error, "The text of an answer in room {RoomId} could not be rendered.")]
    private static partial void LogNotRendered(ILogger logger, Exception exception, Guid roomId);
}

/// <summary>
/// One viewer of a room. It is told only that something changed, and reads the state when it is ready to: however slow
/// or late, it ends with the newest state, and it holds up nobody.
/// </summary>
public sealed class RoomSubscription : IDisposable
{
    private readonly RoomLease _lease;
    private readonly RoomProjection _projection;
    private readonly Viewer _viewer;
    private int _disposed;

    internal RoomSubscription(RoomLease lease, RoomProjections projections, Action changed)
    {
        _lease = lease;
        try
        {
            _projection = projections.Of(lease.Room);
            _viewer = _projection.AddViewer(changed);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The room as it stands. Calling it asks for the next notice: changes after this call are told, changes before it
    /// are in the result. Call it from the circuit's own work, so that a busy circuit has one notice waiting, not many.
    /// </summary>
    public RoomFrame Read()
    {
        _viewer.Looks();
        return _projection.Frame;
    }

    /// <summary>Ends the subscription; safe to call more than once. A notice that is under way may still come.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _projection.RemoveViewer(_viewer);
            _lease.Dispose();
        }
    }
}
