namespace BlazorChat.Live;

/// <summary>
/// Turns any number of changes into frames: the first at once, then at most one per interval. The last change is never lost.
/// Frames run on a timer's thread, one at a time, never on the thread that made the change.
/// </summary>
internal sealed class FrameThrottle : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _interval;
    private readonly Action _frame;
    private readonly ITimer _timer;
    private long _lastStart;
    private State _state;

    /// <summary>Creates a throttle at rest.</summary>
    /// <param name="time">The source of time.</param>
    /// <param name="interval">Gives the least time between the starts of two frames. Called for each frame.</param>
    /// <param name="frame">Does the work of one frame and handles its own failures.</param>
    public FrameThrottle(TimeProvider time, Func<TimeSpan> interval, Action frame)
    {
        _time = time;
        _interval = interval;
        _frame = frame;
        _timer = time.CreateTimer(static throttle => ((FrameThrottle)throttle!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum State
    {
        Resting,
        Scheduled,
        Running,
        RunningAndChanged,
        Disposed,
    }

    /// <summary>Reports a change; a frame follows.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            switch (_state)
            {
                case State.Resting:
                    Schedule();
                    break;
                case State.Running:
                    _state = State.RunningAndChanged;
                    break;
            }
        }
    }

    /// <summary>Stops the throttle: no frame begins after this.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _state = State.Disposed;
        }

        _timer.Dispose();
    }

    private void Schedule()
    {
        var wait = _lastStart == 0 ? TimeSpan.Zero : _interval() - _time.GetElapsedTime(_lastStart);
        _state = State.Scheduled;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Run()
    {
        lock (_lock)
        {
            if (_state != State.Scheduled)
            {
                return;
            }

            _state = State.Running;
            _lastStart = _time.GetTimestamp();
        }

        try
        {
            _frame();
        }
        finally
        {
            lock (_lock)
            {
                switch (_state)
                {
                    case State.Running:
                        _state = State.Resting;
                        break;
                    case State.RunningAndChanged:
                        Schedule();
                        break;
                }
            }
        }
    }
}
