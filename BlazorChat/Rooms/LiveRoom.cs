using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>
/// A room that is open in this process: the one state that all its viewers share. Events are applied under a short lock;
/// nothing here waits for a viewer, a model or the database.
/// </summary>
internal sealed partial class LiveRoom : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FrameThrottle _clock;
    private readonly FrameInterval _pace;
    private readonly RoomsMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ViewerSet _viewers;
    private RoomState _snapshot;
    private int _paced;

    public LiveRoom(RoomState loaded, FrameInterval pace, ViewerNotifier pump, RoomsMetrics metrics, TimeProvider time, ILogger logger)
    {
        _snapshot = loaded;
        _pace = pace;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _viewers = new ViewerSet(pump);
        _clock = new FrameThrottle(time, () => pace.Interval, ComposeFrame);
    }

    public RoomState State => Volatile.Read(ref _snapshot);

    public int ViewerCount => _viewers.Count;

    /// <summary>The state for somebody who does not follow, with running responses as they are now.</summary>
    public RoomState Current()
    {
        ComposeResponses();
        return State;
    }

    public void Apply(RoomEvent roomEvent)
    {
        switch (roomEvent)
        {
            case RoomEvent.TextAppended appended when Find(appended.MessageId) is { } live:
                live.Append(appended.Text, isReasoning: false);
                break;
            case RoomEvent.ReasoningAppended appended when Find(appended.MessageId) is { } live:
                live.Append(appended.Text, isReasoning: true);
                break;
            case RoomEvent.PartChanged changed when Find(changed.MessageId) is { } live:
                live.Set(changed.Index, changed.Part);
                break;
            case RoomEvent.DataShown shown when Find(shown.MessageId) is { } live:
                live.Show(shown.Data);
                break;
            case RoomEvent.ResponseNoted noted when Find(noted.MessageId) is { } live:
                live.Note(noted.Note);
                break;
            case RoomEvent.TextAppended or RoomEvent.ReasoningAppended or RoomEvent.PartChanged or RoomEvent.DataShown or RoomEvent.ResponseNoted:
                return;
            case RoomEvent.ResponseEnded ended:
                // Rendered before the lock is taken.
                if (Find(ended.Message.Id) is { } last)
                {
                    Contain(last.Complete);
                }

                if (!Fold(roomEvent))
                {
                    return;
                }

                break;
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
        ComposeResponses();
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
        lock (_lock)
        {
            _pace.Add(-_paced);
            _paced = 0;
        }
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

    private LiveResponse? Find(Guid messageId) => State.Find(messageId)?.Live;

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
        var state = State;
        ComposeResponses(state.Messages);
        ComposeResponses(state.Beyond);
    }

    private void ComposeResponses(ImmutableArray<RoomMessage> messages)
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
            LogNotRendered(_logger, e, State.Room.Id);
        }
    }

    private void SetPace()
    {
        lock (_lock)
        {
            var counted = _snapshot.Running.Any() ? _viewers.Count : 0;
            _pace.Add(counted - _paced);
            _paced = counted;
        }
    }

    [LoggerMessage(LogLevel.Error, "The text of an answer in room {RoomId} could not be rendered.")]
    private static partial void LogNotRendered(ILogger logger, Exception exception, Guid roomId);
}
