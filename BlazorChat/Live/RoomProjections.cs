using System.Runtime.CompilerServices;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>The projections of the rooms that are open in this process: one per room, from its first viewer until the room is closed.</summary>
internal sealed class RoomProjections(
    FrameInterval interval, ViewerNotifier notifier, LiveMetrics metrics, TimeProvider time, ILogger<RoomProjections> logger)
{
    private readonly ConditionalWeakTable<OpenRoom, Lazy<RoomProjection>> _known = [];

    public RoomProjection Of(OpenRoom room) => _known.GetValue(room, Project).Value;

    // Lazy, because the table may call this twice at once, and an unused projection must not follow the room.
    private Lazy<RoomProjection> Project(OpenRoom room) => new(() =>
    {
        var projection = new RoomProjection(interval, notifier, metrics, time, logger);
        room.Follow(projection);
        return projection;
    });
}
