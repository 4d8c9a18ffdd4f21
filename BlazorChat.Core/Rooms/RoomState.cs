using System.Collections.Immutable;
using System.Diagnostics;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// The immutable state of a room: the fold of its events over the data loaded when it was opened. Each event gives a new instance; deltas
/// of running responses do not (see <see cref="OpenRoom"/>). Data only, so it can be serialized.
/// </summary>
internal sealed record RoomState
{
    /// <summary>The room with its counts.</summary>
    public required Room Room { get; init; }

    /// <summary>Rises with every change while the room is open.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The newest messages in order of sequence, without gaps. At least <see cref="RoomLimits.WindowSize"/> if there are that many, and at
    /// most twice that, apart from running responses.
    /// </summary>
    public required ImmutableArray<Message> Messages { get; init; }

    /// <summary>Whether the store has messages before the first of <see cref="Messages"/>.</summary>
    public bool HasOlder { get; init; }

    /// <summary>
    /// Older messages, from before the first of <see cref="Messages"/>, that changed or started running while the room was open: the newest
    /// <see cref="RoomLimits.WindowSize"/>, and all that are running or wait for people.
    /// </summary>
    public ImmutableArray<Message> Beyond { get; init; } = [];

    /// <summary>Ids of messages that were removed while the room was open, the newest <see cref="RoomLimits.WindowSize"/>.</summary>
    public ImmutableArray<Guid> Removed { get; init; } = [];

    /// <summary>The people who were deleted while the room was open.</summary>
    public ImmutableArray<DeletedPerson> Forgotten { get; init; } = [];

    /// <summary>The waiting turns, in the order in which they will run.</summary>
    public ImmutableArray<Turn> Queue { get; init; } = [];

    /// <summary>The person who deleted the room, or null while it exists. The state does not change after that.</summary>
    public Author? DeletedBy { get; init; }

    /// <summary>The person who last cleared the room while it was open, or null.</summary>
    public Author? ClearedBy { get; init; }

    /// <summary>Whether what was cleared can be brought back.</summary>
    public bool IsClearKept { get; init; }

    /// <summary>The running responses.</summary>
    public IEnumerable<Message> Running => Beyond.Concat(Messages).Where(m => m.IsRunning);

    /// <summary>The message with this id if it is in this state, or null.</summary>
    public Message? Find(Guid messageId)
    {
        // From the end: a changed message is nearly always among the newest.
        for (var i = Messages.Length - 1; i >= 0; i--)
        {
            if (Messages[i].Id == messageId)
            {
                return Messages[i];
            }
        }

        return Beyond.FirstOrDefault(m => m.Id == messageId);
    }

    /// <summary>The state after an event; the same instance when the event has no effect (repeated or late).</summary>
    public RoomState Apply(RoomEvent roomEvent)
    {
        // Repeated or late: the event is already in this state.
        if (DeletedBy is not null || (roomEvent.Number > 0 && roomEvent.Number <= Room.LastEvent))
        {
            return this;
        }

        var next = roomEvent switch
        {
            RoomEvent.MessagePosted posted => Insert(posted.Message).Trim(),
            RoomEvent.ResponseStarted started => Start(started),
            RoomEvent.ResponseResumed resumed => Resume(resumed),
            RoomEvent.ResponseEnded ended => End(ended),
            RoomEvent.MessageChanged changed => Change(changed.Message),
            RoomEvent.MessageRemoved removed => Remove(removed.MessageId),
            RoomEvent.OldestDropped dropped => Drop(dropped),
            RoomEvent.TurnQueued queued => Enqueue(queued.Turn),
            RoomEvent.TurnWithdrawn withdrawn => WithoutTurn(withdrawn.TurnId),
            RoomEvent.RoomChanged changed => this with
            {
                Room = Room with
                {
                    Name = changed.Room.Name,
                    IsNamed = changed.Room.IsNamed,
                    Settings = changed.Room.Settings,
                    Visibility = changed.Room.Visibility,
                    HidesHistory = changed.Room.HidesHistory,
                    ArchivedAt = changed.Room.ArchivedAt,
                    // Read under the gate under which responses are counted, so that none is lost or counted twice.
                    Tokens = changed.Room.Tokens,
                    Cost = changed.Room.Cost,
                },
            },
            // Permissions ask RoomAccessDirectory; here, a new version has pages look there.
            RoomEvent.MemberSet or RoomEvent.MemberRemoved or RoomEvent.InviteCreated or RoomEvent.InviteRevoked => this with { },
            RoomEvent.PersonForgotten forgotten => Forget(forgotten),
            RoomEvent.RoomCleared cleared => Clear(cleared),
            RoomEvent.RoomBroughtBack back => BringBack(back),
            RoomEvent.RemovedForGood => this with { IsClearKept = false },
            RoomEvent.RoomDeleted deleted => this with { DeletedBy = deleted.By, Messages = [], Beyond = [], Queue = [], HasOlder = false },
            _ => throw new UnreachableException($"The state does not apply {roomEvent.GetType().Name}."),
        };
        if (ReferenceEquals(next, this))
        {
            return this;
        }

        return next with { Version = Version + 1, Room = next.Room with { LastEvent = Math.Max(next.Room.LastEvent, roomEvent.Number) } };
    }

    private RoomState Insert(Message message)
    {
        if (message.Sequence <= Room.ClearedThrough || IndexOf(message.Id) >= 0 || Removed.Contains(message.Id))
        {
            return this;
        }

        var at = Messages.Length;
        while (at > 0 && Messages[at - 1].Sequence > message.Sequence)
        {
            at--;
        }

        return this with
        {
            Messages = Messages.Insert(at, message),
            Room = Room with
            {
                MessageCount = Room.MessageCount + 1,
                LastSequence = Math.Max(Room.LastSequence, message.Sequence),
                LastActivityAt = Later(Room.LastActivityAt, message.CreatedAt),
            },
        };
    }

    private RoomState Start(RoomEvent.ResponseStarted started) =>
        WithoutTurn(started.TurnId).Insert(started.Message).Trim();

    private RoomState Resume(RoomEvent.ResponseResumed resumed) =>
        resumed.Message.Sequence <= Room.ClearedThrough || Find(resumed.Message.Id) is { IsRunning: true }
            ? this
            : WithoutTurn(resumed.TurnId).Put(resumed.Message);

    private RoomState End(RoomEvent.ResponseEnded end)
    {
        var message = end.Message;
        if (Find(message.Id) is not { } last)
        {
            return this;
        }

        var next = Put(message);
        // A repeated event is counted once.
        var counts = last.IsRunning;
        return (next with
        {
            Room = next.Room with
            {
                LastActivityAt = Later(Room.LastActivityAt, message.EndedAt ?? message.CreatedAt),
                Tokens = counts ? Room.Tokens + end.Tokens : Room.Tokens,
                Cost = counts && end.Cost is { } cost ? (Room.Cost ?? 0) + cost : Room.Cost,
            },
        }).Trim();
    }

    // Only its own end changes a running response: the final message is told then.
    private RoomState Change(Message message) => Find(message.Id) is { IsRunning: true } ? this : Put(message);

    private RoomState Remove(Guid messageId)
    {
        if (Removed.Contains(messageId))
        {
            return this;
        }

        var removed = Removed.Add(messageId);
        return this with
        {
            Messages = Messages.RemoveAll(m => m.Id == messageId),
            Beyond = Beyond.RemoveAll(m => m.Id == messageId),
            // A response that is being resumed does so without its question.
            Queue = Queue.RemoveAll(t => t.MessageId == messageId || (t.MessageId is null && t.QuestionId == messageId)),
            Removed = removed.Length > RoomLimits.WindowSize ? removed.RemoveAt(0) : removed,
            Room = Room with { MessageCount = Math.Max(0, Room.MessageCount - 1) },
        };
    }

    private RoomState Forget(RoomEvent.PersonForgotten forgotten)
    {
        var person = forgotten.Person;
        return this with
        {
            Messages = Forget(Messages, person),
            Beyond = Forget(Beyond, person),
            ClearedBy = ClearedBy is { } by ? person.Forget(by) : null,
            // The newest word about somebody counts: it may know more names.
            Forgotten = Forgotten.RemoveAll(p => p.AuthorId == person.AuthorId).Add(person),
            Room = Room with { MessageCount = Math.Max(0, Room.MessageCount - forgotten.Removed) },
        };
    }

    private static ImmutableArray<Message> Forget(ImmutableArray<Message> messages, DeletedPerson person)
    {
        var kept = person.RemovesMessages ? messages.RemoveAll(person.Wrote) : messages;
        for (var i = 0; i < kept.Length; i++)
        {
            // Most are not about them, and stay the same instances.
            if (person.Forget(kept[i]) is var forgotten && !ReferenceEquals(forgotten, kept[i]))
            {
                kept = kept.SetItem(i, forgotten);
            }
        }

        return kept;
    }

    // A turn that waits for quiet, or took over another message, is told again.
    private RoomState Enqueue(Turn turn) =>
        this with { Queue = Queue.RemoveAll(t => t.Id == turn.Id).Add(turn).Sort(Turn.ByPlace) };

    // Dropped messages are older than the window: only the count changes, and the older messages kept beside it.
    private RoomState Drop(RoomEvent.OldestDropped dropped) => this with
    {
        Beyond = Beyond.RemoveAll(m => !m.IsRunning && m.Status.IsEnded && m.Sequence <= dropped.Through),
        Room = Room with { MessageCount = Math.Max(0, Room.MessageCount - dropped.Count) },
    };

    // Into its place in the window, or beside the window when that begins later.
    private RoomState Put(Message message)
    {
        var at = IndexOf(message.Id);
        if (at >= 0)
        {
            return this with { Messages = Messages.SetItem(at, message) };
        }

        if (!HasOlder || message.Sequence <= Room.ClearedThrough || Removed.Contains(message.Id)
            || (Messages is [var first, ..] && message.Sequence > first.Sequence))
        {
            return this;
        }

        var beyond = Beyond.RemoveAll(m => m.Id == message.Id).Add(message);
        var idle = beyond.Length > RoomLimits.WindowSize ? beyond.FirstOrDefault(m => m.Status.IsEnded) : null;
        return this with { Beyond = idle is null ? beyond : beyond.Remove(idle) };
    }

    private RoomState Clear(RoomEvent.RoomCleared cleared)
    {
        var kept = Messages.RemoveAll(m => m.Sequence <= cleared.Through);
        return this with
        {
            Messages = kept,
            Beyond = [],
            HasOlder = false,
            Queue = [],
            ClearedBy = cleared.By,
            IsClearKept = cleared.IsKept,
            Room = Room with { ClearedThrough = cleared.Through, MessageCount = kept.Length },
        };
    }

    // If the window does not reach back so far, viewers find them when they scroll there.
    private RoomState BringBack(RoomEvent.RoomBroughtBack back) => this with
    {
        Messages = HasOlder ? Messages : [.. back.Newest.Where(m => IndexOf(m.Id) < 0), .. Messages],
        HasOlder = HasOlder || back.HasOlder,
        ClearedBy = null,
        IsClearKept = false,
        Room = Room with { ClearedThrough = back.Room.ClearedThrough, MessageCount = Room.MessageCount + back.Count },
    };

    private RoomState WithoutTurn(Guid turnId) =>
        Queue.Any(t => t.Id == turnId) ? this with { Queue = Queue.RemoveAll(t => t.Id == turnId) } : this;

    // Trims once at twice the size, not message by message, so that viewers' rows rarely disappear at the top.
    private RoomState Trim()
    {
        if (Messages.Length < 2 * RoomLimits.WindowSize)
        {
            return this;
        }

        var first = Messages.Length - RoomLimits.WindowSize;
        for (var i = 0; i < first; i++)
        {
            if (Messages[i].IsRunning)
            {
                first = i;
            }
        }

        return first == 0 ? this : this with
        {
            Messages = Messages.RemoveRange(0, first),
            HasOlder = true,
            // People must be able to find what waits for them.
            Beyond = [.. Beyond, .. Messages.Take(first).Where(m => m.Status is MessageStatus.AwaitingPeople)],
        };
    }

    private int IndexOf(Guid messageId)
    {
        for (var i = Messages.Length - 1; i >= 0; i--)
        {
            if (Messages[i].Id == messageId)
            {
                return i;
            }
        }

        return -1;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
