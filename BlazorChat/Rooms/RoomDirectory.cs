using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>
/// The list of all rooms, once for all circuits: newest activity first, with counts and running answers. Kept up to date
/// by the same events that viewers of rooms see; told at most a few times a second.
/// </summary>
public sealed class RoomDirectory : IRoomObserver, IDisposable
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(250);

    // The list may be slower for many: a thousand circuits that render it four times a second would take half of a core.
    private static readonly TimeSpan PerViewer = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, RoomSummary> _rooms = [];
    private readonly FrameClock _clock;
    private readonly ViewerSet _viewers;
    private ImmutableArray<RoomSummary>? _ordered;

    /// <summary>An empty list; see <see cref="LoadAsync"/>.</summary>
    public RoomDirectory(ViewerPump pump, TimeProvider time)
    {
        _viewers = new ViewerSet(pump);
        _clock = new FrameClock(time, () => PerViewer * _viewers.Count > Fastest ? PerViewer * _viewers.Count : Fastest, _viewers.Notify);
    }

    /// <summary>All rooms now, newest activity first.</summary>
    public ImmutableArray<RoomSummary> Rooms
    {
        get
        {
            lock (_lock)
            {
                return _ordered ??= [.. _rooms.Values.OrderByDescending(r => r.Room.LastActivityAt).ThenByDescending(r => r.Room.Id)];
            }
        }
    }

    /// <summary>Reads all rooms at start, before anything can happen in them.</summary>
    public async Task LoadAsync(IRoomStore store, CancellationToken cancellationToken)
    {
        foreach (var room in await store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            Add(room);
        }
    }

    /// <inheritdoc />
    public void OnRoomEvent(Guid roomId, RoomEvent roomEvent)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(roomId, out var known))
            {
                return;
            }

            var next = roomEvent switch
            {
                RoomEvent.MessagePosted posted => Count(known, posted.Message),
                RoomEvent.ReplyStarted started => Count(known, started.Message) with { RunningReplies = known.RunningReplies + 1 },
                RoomEvent.ReplyEnded ended when known.RunningReplies > 0 => known with
                {
                    Room = known.Room with { LastActivityAt = ended.Message.EndedAt ?? known.Room.LastActivityAt },
                    RunningReplies = known.RunningReplies - 1,
                },
                RoomEvent.RoomChanged changed => known with { Room = known.Room with { Name = changed.Room.Name } },
                RoomEvent.RoomCleared => new RoomSummary(known.Room with { MessageCount = 0 }, 0),
                RoomEvent.RoomDeleted => null,
                _ => known,
            };
            if (ReferenceEquals(next, known))
            {
                return;
            }

            if (next is null)
            {
                _rooms.Remove(roomId);
            }
            else
            {
                _rooms[roomId] = next;
            }

            _ordered = null;
        }

        _clock.Changed();
    }

    /// <inheritdoc />
    public void Dispose() => _clock.Dispose();

    internal void Add(Room room)
    {
        lock (_lock)
        {
            _rooms[room.Id] = new RoomSummary(room, 0);
            _ordered = null;
        }

        _clock.Changed();
    }

    internal RoomListSubscription Subscribe(Action changed) => new(this, _viewers, changed);

    private static RoomSummary Count(RoomSummary known, Message message) => known with
    {
        Room = known.Room with
        {
            MessageCount = known.Room.MessageCount + 1,
            LastSequence = message.Sequence,
            LastActivityAt = message.CreatedAt,
        },
    };
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
