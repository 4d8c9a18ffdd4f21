using System.Collections.Concurrent;
using BlazorChat.Outbox;

namespace BlazorChat.Rooms;

/// <summary>Sees every event of every room, after it was stored and applied. Called in order per room, within its gate; must not block.</summary>
public interface IRoomObserver
{
    /// <summary>Something happened.</summary>
    /// <param name="roomId">Where.</param>
    /// <param name="roomEvent">What.</param>
    void OnRoomEvent(Guid roomId, RoomEvent roomEvent);
}

/// <summary>
/// The one place through which everything that happens in rooms is told. Holds the state of each open room once for all
/// circuits; a room is open while somebody (a viewer, a turn) has a lease on it, and a little longer.
/// </summary>
public sealed partial class RoomBroadcaster : IDisposable
{
    /// <summary>How long a room stays in memory after its last lease ended: a page that reloads finds it there.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Entry> _rooms = new();
    private readonly IRoomStore _store;
    private readonly RoomGates _gates;
    private readonly TimeProvider _time;
    private readonly OutboxSignal _outbox;
    private readonly ILogger<RoomBroadcaster> _logger;
    private readonly Lazy<IRoomObserver[]> _observers;
    private readonly ITimer _sweep;

    /// <summary>Makes the broadcaster; observers are resolved at the first event, since they may use it themselves.</summary>
    internal RoomBroadcaster(
        IRoomStore store, RoomGates gates, OutboxSignal outbox, RoomsMetrics metrics, TimeProvider time, IServiceProvider services, ILogger<RoomBroadcaster> logger)
    {
        _store = store;
        _gates = gates;
        _outbox = outbox;
        _logger = logger;
        _time = time;
        _observers = new(() => [.. services.GetServices<IRoomObserver>()]);
        metrics.CountOpenRooms(() => _rooms.Count);
        _sweep = time.CreateTimer(_ => Sweep(), null, Linger, Linger);
    }

    /// <summary>Tells an event that has been stored. Called within the room's gate.</summary>
    public void Publish(Guid roomId, RoomEvent roomEvent)
    {
        if (_rooms.TryGetValue(roomId, out var entry))
        {
            entry.Room.Apply(roomEvent);
        }

        foreach (var observer in _observers.Value)
        {
            try
            {
                observer.OnRoomEvent(roomId, roomEvent);
            }
#pragma warning disable CA1031 // Observers are others' code; what they do wrong must not keep a stored event from being told, or a turn from its start.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogObserverFailed(_logger, e, observer.GetType(), roomId);
            }
        }

        _outbox.Set();
    }

    /// <summary>Opens a room and keeps it open until the lease is disposed.</summary>
    /// <returns>Null when there is no such room.</returns>
    internal async Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_rooms.TryGetValue(roomId, out var entry) && entry.TryLease() is { } lease)
            {
                return lease;
            }

            // Loading under the gate: nothing is stored or told of this room between reading it and having it here.
            using var gate = await _gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            if (_rooms.TryGetValue(roomId, out entry) && !entry.IsClosed)
            {
                continue;
            }

            if (await LoadAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } loaded)
            {
                return null;
            }

            entry = new Entry(new OpenRoom(new OpenRoomState(loaded, [])), _time);
            lease = entry.TryLease();
            _rooms[roomId] = entry;
            return lease;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var entry in _rooms.Values)
        {
            entry.Room.Close();
        }
    }

    private async Task<RoomState?> LoadAsync(Guid roomId, CancellationToken cancellationToken)
    {
        if (await _store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
        {
            return null;
        }

        var page = await _store.ReadPageAsync(roomId, null, RoomLimits.WindowSize, cancellationToken).ConfigureAwait(false);
        var queue = await _store.ReadQueueAsync(roomId, cancellationToken).ConfigureAwait(false);
        return new RoomState
        {
            Room = room,
            // A turn keeps its room open, so nothing is being written while a room is loaded: what says so was cut off and will be marked.
            Messages = [.. page.Messages],
            HasOlder = page.HasOlder,
            Queue = [.. queue],
        };
    }

    [LoggerMessage(LogLevel.Error, "The observer {Observer} failed at an event of room {RoomId}.")]
    private static partial void LogObserverFailed(ILogger logger, Exception exception, Type observer, Guid roomId);

    private void Sweep()
    {
        foreach (var (id, entry) in _rooms)
        {
            if (entry.TryClose(Linger))
            {
                _rooms.TryRemove(new(id, entry));
                entry.Room.Close();
            }
        }
    }

    /// <summary>An open room with the number of its leases.</summary>
    private sealed class Entry(OpenRoom room, TimeProvider time)
    {
        private readonly Lock _lock = new();
        private int _leases;
        private long _idleSince = time.GetTimestamp();

        public OpenRoom Room { get; } = room;

        public bool IsClosed { get; private set; }

        public RoomLease? TryLease()
        {
            lock (_lock)
            {
                // A deleted room stays for those who still look at it; nobody else gets in.
                if (IsClosed || Room.State.DeletedBy is not null)
                {
                    IsClosed = true;
                    return null;
                }

                _leases++;
                return new RoomLease(Room, Release);
            }
        }

        public bool TryClose(TimeSpan linger)
        {
            lock (_lock)
            {
                IsClosed |= _leases == 0 && time.GetElapsedTime(_idleSince) >= linger;
                return IsClosed && _leases == 0;
            }
        }

        private void Release()
        {
            lock (_lock)
            {
                _leases--;
                _idleSince = time.GetTimestamp();
            }
        }
    }
}

/// <summary>Keeps a room open.</summary>
public sealed class RoomLease : IDisposable
{
    private readonly Action _release;
    private int _released;

    internal RoomLease(OpenRoom room, Action release)
    {
        Room = room;
        _release = release;
    }

    /// <summary>The room.</summary>
    public OpenRoom Room { get; }

    /// <summary>Lets the room go; safe to call more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _release();
        }
    }
}
