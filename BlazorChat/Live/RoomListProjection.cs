using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>Tells the viewers of the list of rooms that it has changed, at most four times a second.</summary>
internal sealed class RoomListProjection : IDisposable
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(250);

    // The more viewers, the slower the list: a thousand circuits rendering it four times a second would take half of a core.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMilliseconds(1);

    private readonly RoomDirectory _directory;
    private readonly RoomAccessDirectory _access;
    private readonly IPeople _people;
    private readonly RoomService _rooms;
    private readonly ViewerSet _viewers;
    private readonly FrameThrottle _throttle;

    public RoomListProjection(RoomDirectory directory, RoomAccessDirectory access, IPeople people, RoomService rooms, ViewerNotifier notifier, TimeProvider time)
    {
        _directory = directory;
        _access = access;
        _people = people;
        _rooms = rooms;
        _viewers = new ViewerSet(notifier);
        _throttle = new FrameThrottle(time, () => PerViewer * _viewers.Count > Fastest ? PerViewer * _viewers.Count : Fastest, _viewers.Notify);
        directory.Changed += OnChanged;
        access.Changed += OnRightsChanged;
        people.Changed += OnRightsChanged;
    }

    public RoomListSubscription Subscribe(Person? person, Action changed) => new(_rooms, person, _viewers, changed);

    public void Dispose()
    {
        _directory.Changed -= OnChanged;
        _access.Changed -= OnRightsChanged;
        _people.Changed -= OnRightsChanged;
        _throttle.Dispose();
    }

    private void OnChanged(object? sender, EventArgs e) => _throttle.Changed();

    private void OnRightsChanged(object? sender, RightsChangedEventArgs e) => _throttle.Changed();
}

/// <summary>A viewer of the list of rooms; see <see cref="RoomSubscription"/>.</summary>
public sealed class RoomListSubscription : IDisposable
{
    private readonly RoomService _rooms;
    private readonly Person? _person;
    private readonly ViewerSet _viewers;
    private readonly Viewer _viewer;

    internal RoomListSubscription(RoomService rooms, Person? person, ViewerSet viewers, Action changed)
    {
        _rooms = rooms;
        _person = person;
        _viewers = viewers;
        _viewer = viewers.Add(changed);
    }

    /// <summary>Reads the rooms that the viewer may see now, and asks for the next notice.</summary>
    public ImmutableArray<RoomSummary> Read()
    {
        _viewer.Looks();
        return _rooms.ReadList(_person);
    }

    /// <summary>Ends the subscription. Safe to call more than once.</summary>
    public void Dispose() => _viewers.Remove(_viewer);
}
