namespace BlazorChat.Rooms;

/// <summary>
/// A room that is open in this process: the one state that all its viewers share. Events are applied under a short lock;
/// nothing here waits for a viewer, a model or the database.
/// </summary>
internal sealed class LiveRoom : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FrameClock _clock;
    private readonly FramePace _pace;
    private readonly RoomsMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ViewerSet _viewers;
    private RoomSnapshot _snapshot;
    private int _paced;

    public LiveRoom(RoomSnapshot loaded, FramePace pace, ViewerPump pump, RoomsMetrics metrics, TimeProvider time)
    {
        _snapshot = loaded;
        _pace = pace;
        _metrics = metrics;
        _time = time;
        _viewers = new ViewerSet(pump);
        _clock = new FrameClock(time, () => pace.Interval, ComposeFrame);
    }

    public RoomSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public int ViewerCount => _viewers.Count;

    /// <summary>The state for somebody who does not follow, with running answers as they are now.</summary>
    public RoomSnapshot Current()
    {
        ComposeReplies();
        return Snapshot;
    }

    public void Apply(RoomEvent roomEvent)
    {
        switch (roomEvent)
        {
            case RoomEvent.TextAppended appended when Find(appended.MessageId) is { } live:
                live.Append(appended.Text);
                break;
            case RoomEvent.ReplyNoted noted when Find(noted.MessageId) is { } live:
                live.Note(noted.Note);
                break;
            case RoomEvent.TextAppended or RoomEvent.ReplyNoted:
                return;
            default:
                if (!Fold(roomEvent))
                {
                    return;
                }

                break;
        }

        _clock.Changed();
    }

    /// <summary>Registers first; the caller reads the state after that, so that nothing falls between.</summary>
    public Viewer AddViewer(Action changed)
    {
        var viewer = _viewers.Add(changed);
        _metrics.ViewerJoined();
        SetPace();
        // Frames are not composed while nobody watches: what the newcomer reads must be up to date.
        ComposeReplies();
        return viewer;
    }

    public void RemoveViewer(Viewer viewer)
    {
        if (_viewers.Remove(viewer))
        {
            _metrics.ViewerLeft();
            SetPace();
        }
    }

    public void Dispose()
    {
        _clock.Dispose();
        _pace.Add(-Interlocked.Exchange(ref _paced, 0));
    }

    private bool Fold(RoomEvent roomEvent)
    {
        lock (_lock)
        {
            var next = _snapshot.Apply(roomEvent);
            if (ReferenceEquals(next, _snapshot))
            {
                return false;
            }

            Volatile.Write(ref _snapshot, next);
        }

        SetPace();
        return true;
    }

    private LiveReply? Find(Guid messageId)
    {
        foreach (var message in Snapshot.Messages.AsSpan())
        {
            if (message.Message.Id == messageId)
            {
                return message.Live;
            }
        }

        return null;
    }

    private void ComposeFrame()
    {
        if (_viewers.Count == 0)
        {
            return;
        }

        var began = _time.GetTimestamp();
        ComposeReplies();
        _viewers.Notify();
        _metrics.Frame(_time.GetElapsedTime(began));
    }

    private void ComposeReplies()
    {
        foreach (var message in Snapshot.Messages.AsSpan())
        {
            message.Live?.Compose();
        }
    }

    private void SetPace()
    {
        var counted = Snapshot.Running.Any() ? _viewers.Count : 0;
        _pace.Add(counted - Interlocked.Exchange(ref _paced, counted));
    }
}
