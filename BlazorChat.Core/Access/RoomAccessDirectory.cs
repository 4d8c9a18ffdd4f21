using System.Collections.Concurrent;
using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Access;

/// <summary>
/// Who may be in which room, in memory, so that a permission costs no query and a right that is taken away is gone at once. Updated by the
/// rooms' events, inside their gates.
/// </summary>
internal sealed class RoomAccessDirectory(TimeProvider time, IOptions<RoomsOptions> options)
{
    private readonly ConcurrentDictionary<Guid, RoomAccess> _rooms = new();

    // Deleted rooms that can be brought back. They exist for nobody but their owners, and only for that.
    private readonly ConcurrentDictionary<Guid, RemovedAccess> _removed = new();

    /// <summary>Who can see a room, or what they may do there, has changed. Raised inside the room's gate: handlers must be quick.</summary>
    public event EventHandler<RightsChangedEventArgs>? Changed;

    /// <summary>Who may be in a room; null if it does not exist.</summary>
    public RoomAccess? Find(Guid roomId) => _rooms.GetValueOrDefault(roomId);

    /// <summary>Who was in a deleted room that may be brought back; null for all other rooms.</summary>
    public RoomAccess? FindRemoved(Guid roomId) => _removed.GetValueOrDefault(roomId)?.Access;

    // What is too old is gone, or goes with the next removal.
    private IEnumerable<RemovedAccess> Waiting => _removed.Values.Where(r => r.At > time.GetUtcNow() - options.Value.KeepRemovedFor);

    /// <summary>How many rooms somebody has made and still owns, with those that are deleted and can be brought back.</summary>
    public int CountMadeBy(Guid personId) => _rooms.Values.Count(a => a.IsMadeBy(personId)) + Waiting.Count(r => r.Access.IsMadeBy(personId));

    /// <summary>How many rooms that somebody deleted can be brought back.</summary>
    public int CountRemovedBy(Guid personId) => Waiting.Count(r => r.By == personId);

    /// <summary>The rooms that somebody manages, with those that are deleted and may be brought back.</summary>
    public ImmutableArray<Guid> ManagedBy(Guid personId, Standing standing) =>
        [.. _rooms.Where(r => r.Value.IsManager(personId, standing)).Select(r => r.Key),
         .. _removed.Where(r => r.Value.Access.IsManager(personId, standing)).Select(r => r.Key)];

    /// <summary>The sequence of the first message of a room that a person may see; 0 for all. Does not say whether they may see the room.</summary>
    public long SeesFrom(Guid roomId, Guid personId) => Find(roomId)?.SeesFrom(personId) ?? 0;

    /// <inheritdoc cref="SeesFrom(Guid, Guid)" />
    public long SeesFrom(Guid roomId, Author author) =>
        author.Kind == AuthorKind.Person && Guid.TryParse(author.Id, out var personId) ? SeesFrom(roomId, personId) : 0;

    /// <summary>
    /// The sequence of the first message of a room that a turn may tell a model: everybody whose turn it is may see it. An asker who has left does
    /// not count any more, because they do not read the answer.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="requestedBy">Who had the turn begin.</param>
    /// <param name="asker">The asker of the response; null if there is none.</param>
    public long SeesFrom(Guid roomId, Author requestedBy, Author? asker)
    {
        var from = SeesFrom(roomId, requestedBy);
        return asker is not null && SeesFrom(roomId, asker) is not RoomAccess.Nothing and var fromOfAsker ? Math.Max(from, fromOfAsker) : from;
    }

    /// <summary>Reads all rooms at start, before anything can happen in them.</summary>
    public async Task LoadAsync(IRoomStore store, CancellationToken cancellationToken)
    {
        var members = (await store.ListMembersAsync(cancellationToken).ConfigureAwait(false)).ToLookup(m => m.RoomId, m => m.Member);
        foreach (var room in await store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            Add(room, members[room.Id]);
        }

        foreach (var deleted in await store.ListDeletedAsync(cancellationToken).ConfigureAwait(false))
        {
            _removed[deleted.Room.Id] = new RemovedAccess(Of(deleted.Room, deleted.Members), deleted.By, deleted.At);
        }
    }

    /// <summary>
    /// Finds the lobby: the first room of the server, if it is open and nobody's, as the start makes it. From then on nobody can own it, close it or
    /// delete it, so that each start finds the same one. There is none on a server whose lobby was deleted when that could still be done.
    /// </summary>
    public void FindLobby()
    {
        if (!_rooms.IsEmpty && _rooms.MinBy(r => (r.Value.MadeAt, r.Value.HasOwner, r.Key)) is { Value: { HasOwner: false, Visibility: not RoomVisibility.Private } first } lobby)
        {
            _rooms[lobby.Key] = first with { IsLobby = true };
        }
    }

    /// <summary>Adds a room that was just made.</summary>
    public void Add(Room room, IEnumerable<RoomMember> members)
    {
        _rooms[room.Id] = Of(room, members);
        Changed?.Invoke(this, new RightsChangedEventArgs(room.Id));
    }

    /// <summary>Takes what an event of a room changes. Called inside its gate, after the event was stored and before anyone else is told.</summary>
    public void OnRoomEvent(Guid roomId, RoomEvent roomEvent)
    {
        if (!_rooms.TryGetValue(roomId, out var known))
        {
            switch (roomEvent)
            {
                case RoomEvent.RoomBroughtBack { IsRoom: true } back:
                    _removed.TryRemove(roomId, out _);
                    Add(back.Room, back.Members);
                    break;
                case RoomEvent.RemovedForGood:
                    _removed.TryRemove(roomId, out _);
                    break;
            }

            return;
        }

        var next = roomEvent switch
        {
            RoomEvent.RoomChanged { Room: var room } when (room.Visibility, room.IsArchived, room.Settings.Rights) != (known.Visibility, known.IsArchived, known.Rights) =>
                known with { Visibility = room.Visibility, IsArchived = room.IsArchived, Rights = room.Settings.Rights },
            RoomEvent.MemberSet set => known.With(set.Member),
            RoomEvent.MemberRemoved removed => known.Without(removed.PersonId),
            // Another object, so that the pages of owners read the list of invites again.
            RoomEvent.InviteCreated or RoomEvent.InviteRevoked => known with { },
            RoomEvent.RoomDeleted => null,
            _ => known,
        };
        if (ReferenceEquals(next, known))
        {
            return;
        }

        if (next is null)
        {
            if (roomEvent is RoomEvent.RoomDeleted { IsKept: true, By: var by })
            {
                Keep(roomId, new RemovedAccess(known, by.Kind == AuthorKind.Person && Guid.TryParse(by.Id, out var id) ? id : null, time.GetUtcNow()));
            }

            _rooms.TryRemove(roomId, out _);
        }
        else
        {
            _rooms[roomId] = next;
        }

        Changed?.Invoke(this, new RightsChangedEventArgs(roomId));
    }

    private void Keep(Guid roomId, RemovedAccess removed)
    {
        foreach (var (id, old) in _removed)
        {
            if (old.At <= removed.At - options.Value.KeepRemovedFor)
            {
                _removed.TryRemove(id, out _);
            }
        }

        _removed[roomId] = removed;
    }

    private static RoomAccess Of(Room room, IEnumerable<RoomMember> members) => new(room.Visibility, members.ToImmutableDictionary(m => m.PersonId), room.IsArchived) { Rights = room.Settings.Rights, MadeAt = room.CreatedAt };

    /// <summary>Who was in a deleted room.</summary>
    /// <param name="Access">Who may be in it once it is back.</param>
    /// <param name="By">Who deleted it; null for code on the server.</param>
    /// <param name="At">When.</param>
    private sealed record RemovedAccess(RoomAccess Access, Guid? By, DateTimeOffset At);
}
