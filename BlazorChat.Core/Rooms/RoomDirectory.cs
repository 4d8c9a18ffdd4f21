using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>
/// The list of all rooms, newest activity first, with message counts and running responses. Kept once per process and updated by room
/// events.
/// </summary>
internal sealed class RoomDirectory : IRoomObserver
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, RoomSummary> _rooms = [];

    // Ids of running responses by room. A response that is removed while it runs gets no event of its own that it ended.
    private readonly Dictionary<Guid, HashSet<Guid>> _running = [];
    private ImmutableArray<RoomSummary>? _ordered;

    /// <summary>The list changed. Raised inside the room's gate: handlers must be quick.</summary>
    public event EventHandler? Changed;

    /// <summary>All rooms, newest activity first.</summary>
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

    /// <summary>A room; null if there is none with this id.</summary>
    public Room? Find(Guid roomId)
    {
        lock (_lock)
        {
            return _rooms.GetValueOrDefault(roomId)?.Room;
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
        if (roomEvent is RoomEvent.RoomBroughtBack { IsRoom: true, Room: var back })
        {
            Add(back);
            return;
        }

        lock (_lock)
        {
            if (!_rooms.TryGetValue(roomId, out var known))
            {
                return;
            }

            var next = roomEvent switch
            {
                RoomEvent.MessagePosted posted => Count(known, posted.Message),
                RoomEvent.ResponseStarted started => WithRunning(Count(known, started.Message), r => r.Add(started.Message.Id)),
                RoomEvent.ResponseResumed resumed => WithRunning(known, r => r.Add(resumed.Message.Id)),
                RoomEvent.ResponseEnded ended => WithRunning(
                    known with { Room = known.Room with { LastActivityAt = ended.Message.EndedAt ?? known.Room.LastActivityAt } }, r => r.Remove(ended.Message.Id)),
                RoomEvent.MessageRemoved removed => WithRunning(
                    known with { Room = known.Room with { MessageCount = Math.Max(0, known.Room.MessageCount - 1) } }, r => r.Remove(removed.MessageId)),
                RoomEvent.OldestDropped dropped => known with { Room = known.Room with { MessageCount = Math.Max(0, known.Room.MessageCount - dropped.Count) } },
                RoomEvent.PersonForgotten forgotten => known with { Room = known.Room with { MessageCount = Math.Max(0, known.Room.MessageCount - forgotten.Removed) } },
                RoomEvent.RoomChanged { Room: var room } => known with
                {
                    Room = known.Room with
                    {
                        Name = room.Name,
                        IsNamed = room.IsNamed,
                        Settings = room.Settings,
                        ArchivedAt = room.ArchivedAt,
                        Visibility = room.Visibility,
                        HidesHistory = room.HidesHistory,
                    },
                },
                RoomEvent.RoomCleared => WithRunning(known with { Room = known.Room with { MessageCount = 0 } }, r => r.Clear()),
                RoomEvent.RoomBroughtBack broughtBack => known with { Room = known.Room with { MessageCount = known.Room.MessageCount + broughtBack.Count } },
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
                _running.Remove(roomId);
            }
            else
            {
                _rooms[roomId] = next;
            }

            _ordered = null;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    internal void Add(Room room)
    {
        lock (_lock)
        {
            _rooms[room.Id] = new RoomSummary(room, 0);
            _ordered = null;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    private RoomSummary WithRunning(RoomSummary room, Action<HashSet<Guid>> change)
    {
        if (!_running.TryGetValue(room.Room.Id, out var running))
        {
            _running[room.Room.Id] = running = [];
        }

        change(running);
        return room with { RunningResponses = running.Count };
    }

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
