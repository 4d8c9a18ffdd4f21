using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>
/// An open room, rendered once for all its viewers in this process. It follows the room and shows changes to the viewers in frames, as
/// often as the throttle allows. Without viewers, nothing is parsed.
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

    // Messages that have ended and were not shown since. They are rendered with the next frame, not by the first circuit that shows them.
    private readonly List<MessageFrame> _ended = [];
    private RoomFrame? _frame;
    private int _counted;

    // Whether the next frame has more than text of running responses, and so concerns pages that are not on screen, too.
    private bool _hasEvent;

    public RoomProjection(FrameInterval interval, ViewerNotifier notifier, LiveMetrics metrics, TimeProvider time, ILogger logger)
    {
        _interval = interval;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _viewers = new ViewerSet(notifier);
        _throttle = new FrameThrottle(time, () => interval.Interval, ComposeFrame);
    }

    /// <summary>The newest frame of the room.</summary>
    public RoomFrame Frame => Volatile.Read(ref _frame) ?? throw new InvalidOperationException("The projection follows no room.");

    /// <summary>Brings running responses up to date and gives the frame, for a reader who does not follow the room.</summary>
    public RoomFrame Current()
    {
        ComposeResponses();
        return Frame;
    }

    /// <summary>Registers a viewer. The caller reads the frame afterwards, so that no change is missed in between.</summary>
    public Viewer AddViewer(Action changed)
    {
        var viewer = _viewers.Add(changed);
        _metrics.ViewerJoined();
        CountViewers();
        // Without viewers, no frames were composed: bring up to date what the new viewer reads.
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

    /// <summary>Sets whether a viewer is on screen. One that is not is told of events, and of no text of running responses.</summary>
    public void Hide(Viewer viewer, bool isHidden)
    {
        _viewers.Hide(viewer, isHidden);
        CountViewers();
    }

    /// <summary>Has all viewers look again, hidden ones too.</summary>
    public void NotifyAll() => _viewers.Notify();

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
        // Without viewers, a message is rendered when it is first shown.
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
        Volatile.Write(ref _hasEvent, true);
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

    /// <summary>Stops the frames; viewers keep the last one.</summary>
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
        var hasEvent = Interlocked.Exchange(ref _hasEvent, false);
        ComposeResponses();
        _viewers.Notify(hiddenToo: hasEvent);
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

    // Text that makes the renderer throw must not break the room, its other responses or, on a timer's thread, the process. It
    // is stored unchanged and shown as unreadable.
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
            var counted = Frame.Running.Any() ? _viewers.Visible : 0;
            _interval.Add(counted - _counted);
            _counted = counted;
        }
    }

    [LoggerMessage(LogLevel.Error, "The text of a response in room {RoomId} could not be rendered.")]
    private static partial void LogNotRendered(ILogger logger, Exception exception, Guid roomId);
}

/// <summary>
/// A viewer of a room. It is told only that something has changed, and reads the state when it is ready. However slow or late, it
/// ends with the newest state and holds up no one.
/// </summary>
public sealed class RoomSubscription : IDisposable
{
    private readonly RoomLease _lease;
    private readonly RoomProjection _projection;
    private readonly Viewer _viewer;
    private readonly Func<long> _from;
    private int _disposed;

    // The last frame of the room and what this viewer sees of it, for viewers who do not see all.
    private (RoomFrame Whole, long From, RoomFrame Seen)? _last;

    internal RoomSubscription(RoomLease lease, RoomProjections projections, Func<long> from, Action changed)
    {
        _lease = lease;
        _from = from;
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
    /// Reads the newest frame and asks for the next notice. The result has all changes before this call; later changes cause a
    /// notice. Call it on the circuit's dispatcher, so that a busy circuit has one notice waiting, not many.
    /// </summary>
    public RoomFrame Read()
    {
        _viewer.Looks();
        var (whole, from) = (_projection.Frame, _from());
        if (from <= 0)
        {
            return whole;
        }

        // The same object for the same frame, since pages compare them.
        if (_last is not { } last || !ReferenceEquals(last.Whole, whole) || last.From != from)
        {
            _last = last = (whole, from, whole.From(from));
        }

        return last.Seen;
    }

    /// <summary>
    /// Sets whether the viewer's page is hidden. A hidden page gets no notices of the text of running responses. Show the newest frames
    /// after this when it is on screen again.
    /// </summary>
    public void Hide(bool isHidden)
    {
        if (Volatile.Read(ref _disposed) == 0)
        {
            _projection.Hide(_viewer, isHidden);
        }
    }

    /// <summary>Ends the subscription. Safe to call more than once. A notice that is already on its way may still arrive.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _projection.RemoveViewer(_viewer);
            _lease.Dispose();
        }
    }
}
