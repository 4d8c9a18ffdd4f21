using BlazorChat.Rooms;

namespace BlazorChat.Live;

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
