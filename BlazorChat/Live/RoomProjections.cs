using System.Runtime.CompilerServices;
using BlazorChat.Access;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>The projections of the rooms that are open in this process: one per room, from its first viewer until the room is closed.</summary>
internal sealed class RoomProjections : IDisposable
{
    private readonly ConditionalWeakTable<OpenRoom, Lazy<RoomProjection>> _known = [];

    private readonly FrameInterval _interval;
    private readonly ViewerNotifier _notifier;
    private readonly LiveMetrics _metrics;
    private readonly IPeople _people;
    private readonly RoomAccessDirectory _access;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomProjections> _logger;

    public RoomProjections(
        FrameInterval interval, ViewerNotifier notifier, LiveMetrics metrics, IPeople people, RoomAccessDirectory access, TimeProvider time, ILogger<RoomProjections> logger)
    {
        _interval = interval;
        _notifier = notifier;
        _metrics = metrics;
        _people = people;
        _access = access;
        _time = time;
        _logger = logger;
        people.Changed += OnPersonChanged;
        access.Changed += OnAccessChanged;
    }

    public RoomProjection Of(OpenRoom room) => _known.GetValue(room, Project).Value;

    public void Dispose()
    {
        _people.Changed -= OnPersonChanged;
        _access.Changed -= OnAccessChanged;
    }

    // Viewers of a deleted room that is back follow another object, and this one tells them nothing more.
    private void OnAccessChanged(object? sender, RightsChangedEventArgs e)
    {
        foreach (var (room, projection) in _known)
        {
            if (room.State.Room.Id == e.Id && room.State.DeletedBy is not null && projection.IsValueCreated)
            {
                projection.Value.NotifyAll();
            }
        }
    }

    // All viewers look again: those of this person may have lost a right, and others may show the name.
    private void OnPersonChanged(object? sender, RightsChangedEventArgs e)
    {
        foreach (var (_, projection) in _known)
        {
            if (projection.IsValueCreated)
            {
                projection.Value.NotifyAll();
            }
        }
    }

    // Lazy, because the table may call this twice at once, and an unused projection must not follow the room.
    private Lazy<RoomProjection> Project(OpenRoom room) => new(() =>
    {
        var projection = new RoomProjection(_interval, _notifier, _metrics, _time, _logger);
        room.Follow(projection);
        return projection;
    });
}
