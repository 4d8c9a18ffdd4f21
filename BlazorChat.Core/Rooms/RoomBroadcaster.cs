using System.Collections.Concurrent;
using BlazorChat.Access;
using BlazorChat.Outbox;

namespace BlazorChat.Rooms;

/// <summary>
/// Sees every event of every room after it was stored and applied. Called in order per room, inside its gate; must not block.
/// </summary>
internal interface IRoomObserver
{
    /// <summary>Called for each event.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="roomEvent">The event.</param>
    void OnRoomEvent(Guid roomId, RoomEvent roomEvent);
}

/// <summary>
/// Tells everything that happens in rooms. Holds the state of each open room once for all circuits. A room is open while a viewer or a turn
/// has a lease on it, and for <see cref="Linger"/> afterward.
/// </summary>
internal sealed partial class RoomBroadcaster : IDisposable
{
    /// <summary>How long a room stays in memory after its last lease ended, so that a reloading page finds it there.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Entry> _rooms = new();
    private readonly IRoomStore _store;
    private readonly RoomGates _gates;
    private readonly RoomAccessDirectory _access;
    private readonly TimeProvider _time;
    private readonly OutboxSignal _outbox;
    private readonly ILogger<RoomBroadcaster> _logger;
    private readonly Lazy<IRoomObserver[]> _observers;
    private readonly ITimer _sweep;

    /// <summary>
    /// Makes the broadcaster. Observers are resolved at the first event, since they may depend on the broadcaster themselves.
    /// </summary>
    internal RoomBroadcaster(
        IRoomStore store, RoomGates gates, RoomAccessDirectory access, OutboxSignal outbox, RoomsMetrics metrics, TimeProvider time, IServiceProvider services, ILogger<RoomBroadcaster> logger)
    {
        _store = store;
        _gates = gates;
        _access = access;
        _outbox = outbox;
        _logger = logger;
        _time = time;
        _observers = new(() => [.. services.GetServices<IRoomObserver>()]);
        metrics.CountOpenRooms(() => _rooms.Count);
        _sweep = time.CreateTimer(_ => Sweep(), null, Linger, Linger);
    }

    /// <summary>Tells a stored event. Called inside the room's gate.</summary>
    public void Publish(Guid roomId, RoomEvent roomEvent)
    {
        // First, so that whoever hears of the event is already asked for their new rights.
        _access.OnRoomEvent(roomId, roomEvent);
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
#pragma warning disable CA1031 // Observers are extension code; their errors must not suppress a stored event or the start of a turn.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogObserverFailed(_logger, e, observer.GetType(), roomId);
            }
        }

        _outbox.Set();
    }

    /// <summary>Opens a room and keeps it open until the lease is disposed.</summary>
    /// <returns>Null when the room does not exist.</returns>
    internal async Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_rooms.TryGetValue(roomId, out var entry) && entry.TryLease() is { } lease)
            {
                return lease;
            }

            // Loads inside the gate: nothing is stored or told about this room between reading it and adding it here.
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
        // A request may have waited for so long that the newest messages do not contain it.
        var waiting = page.HasOlder ? await _store.ReadSuspendedAsync(roomId, cancellationToken).ConfigureAwait(false) : [];
        var queue = await _store.ReadQueueAsync(roomId, cancellationToken).ConfigureAwait(false);
        return new RoomState
        {
            Room = room,
            // A turn keeps its room open, so nothing is being written while a room is loaded. A response that is still marked as streaming
            // was cut off and will be recovered.
            Messages = [.. page.Messages],
            HasOlder = page.HasOlder,
            Beyond = [.. waiting.Where(m => page.Messages is [var first, ..] && m.Sequence < first.Sequence)],
            Queue = [.. queue],
        };
    }

    [LoggerMessage(LogLevel.Error, "The observer {Observer} failed on an event of room {RoomId}.")]
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
                // A deleted room stays for its current viewers; no one else gets in.
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
internal sealed class RoomLease : IDisposable
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

    /// <summary>Releases the room. Safe to call more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _release();
        }
    }
}
