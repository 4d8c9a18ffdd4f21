using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>Tells everybody who has the list of rooms before them that it changed: at most a few times a second.</summary>
internal sealed class RoomListProjection : IDisposable
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(250);

    // The list may be slower for many: a thousand circuits that render it four times a second would take half of a core.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMilliseconds(1);

    private readonly RoomDirectory _directory;
    private readonly ViewerSet _viewers;
    private readonly FrameThrottle _throttle;

    public RoomListProjection(RoomDirectory directory, ViewerNotifier notifier, TimeProvider time)
    {
        _directory = directory;
        _viewers = new ViewerSet(notifier);
        _throttle = new FrameThrottle(time, () => PerViewer * _viewers.Count > Fastest ? PerViewer * _viewers.Count : Fastest, _viewers.Notify);
        directory.Changed += OnChanged;
    }

    public RoomListSubscription Subscribe(Action changed) => new(_directory, _viewers, changed);

    public void Dispose()
    {
        _directory.Changed -= OnChanged;
        _throttle.Dispose();
    }

    private void OnChanged(object? sender, EventArgs e) => _throttle.Changed();
}

/// <summary>One viewer of the list of rooms; see <see cref="RoomSubscription"/>.</summary>
public sealed class RoomListSubscription : IDisposable
{
    private readonly RoomDirectory _directory;
    private readonly ViewerSet _viewers;
    private readonly Viewer _viewer;

    internal RoomListSubscription(RoomDirectory directory, ViewerSet viewers, Action changed)
    {
        _directory = directory;
        _viewers = viewers;
        _viewer = viewers.Add(changed);
    }

    /// <summary>The list as it stands; asks for the next notice.</summary>
    public ImmutableArray<RoomSummary> Read()
    {
        _viewer.Looks();
        return _directory.Rooms;
    }

    /// <summary>Ends the subscription; safe to call more than once.</summary>
    public void Dispose() => _viewers.Remove(_viewer);
}
