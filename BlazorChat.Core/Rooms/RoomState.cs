using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>
/// A room as it stands, immutable: the fold of its events over what was loaded when it was opened. Replaced, never
/// changed; what comes of running responses does not replace it (see <see cref="OpenRoom"/>). Data alone: it can be serialized.
/// </summary>
public sealed record RoomState
{
    /// <summary>The room with its counts.</summary>
    public required Room Room { get; init; }

    /// <summary>Rises with every change while the room is open.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The newest messages in order of sequence: all of the room from the first of them on. At least
    /// <see cref="RoomLimits.WindowSize"/> where there are that many, and no more than twice that beyond running responses.
    /// </summary>
    public required ImmutableArray<Message> Messages { get; init; }

    /// <summary>Whether the store has messages before the first of <see cref="Messages"/>.</summary>
    public bool HasOlder { get; init; }

    /// <summary>Messages before the first of <see cref="Messages"/> that changed or went live while the room was open, the newest <see cref="RoomLimits.WindowSize"/> of them; running ones stay.</summary>
    public ImmutableArray<Message> Beyond { get; init; } = [];

    /// <summary>Ids of messages that were removed while the room was open, the newest <see cref="RoomLimits.WindowSize"/> of them.</summary>
    public ImmutableArray<Guid> Removed { get; init; } = [];

    /// <summary>Turns that wait, in the order in which they will run.</summary>
    public ImmutableArray<Turn> Queue { get; init; } = [];

    /// <summary>Who deleted the room, or null while it exists. Nothing changes after that.</summary>
    public Author? DeletedBy { get; init; }

    /// <summary>Who cleared the room last while it was open, or null.</summary>
    public Author? ClearedBy { get; init; }

    /// <summary>The running responses.</summary>
    public IEnumerable<Message> Running => Beyond.Concat(Messages).Where(m => m.IsRunning);

    /// <summary>A message that is here, or null.</summary>
    public Message? Find(Guid messageId)
    {
        // From the end: what changes is nearly always among the newest.
        for (var i = Messages.Length - 1; i >= 0; i--)
        {
            if (Messages[i].Id == messageId)
            {
                return Messages[i];
            }
        }

        return Beyond.FirstOrDefault(m => m.Id == messageId);
    }

    /// <summary>This room after an event; the same instance when the event changes nothing (it came twice, or too late).</summary>
    public RoomState Apply(RoomEvent roomEvent)
    {
        // Told twice, or too late: it is in here already.
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
                    // Of the same gate as the sums of responses: none is lost, and none counted twice.
                    Tokens = changed.Room.Tokens,
                    Cost = changed.Room.Cost,
                },
            },
            RoomEvent.RoomCleared cleared => Clear(cleared),
            RoomEvent.RoomDeleted deleted => this with { DeletedBy = deleted.By, Messages = [], Beyond = [], Queue = [], HasOlder = false },
            _ => this,
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
        // Told twice, it is paid once.
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

    // A running response is never changed by others: how it stands is told when it ends.
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
            // A response that goes on does so without its question.
            Queue = Queue.RemoveAll(t => t.MessageId == messageId || (t.MessageId is null && t.QuestionId == messageId)),
            Removed = removed.Length > RoomLimits.WindowSize ? removed.RemoveAt(0) : removed,
            Room = Room with { MessageCount = Math.Max(0, Room.MessageCount - 1) },
        };
    }

    // A turn that waits for quiet, or took over another message, is told again.
    private RoomState Enqueue(Turn turn) =>
        this with { Queue = Queue.RemoveAll(t => t.Id == turn.Id).Add(turn).Sort(Turn.ByPlace) };

    // What is dropped is further back than the window: only the count is here, and what was looked at again.
    private RoomState Drop(RoomEvent.OldestDropped dropped) => this with
    {
        Beyond = Beyond.RemoveAll(m => !m.IsRunning && m.Status.IsEnded && m.Sequence <= dropped.Through),
        Room = Room with { MessageCount = Math.Max(0, Room.MessageCount - dropped.Count) },
    };

    // In its place in the window, or beside it when the window begins later.
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
        var idle = beyond.Length > RoomLimits.WindowSize ? beyond.FirstOrDefault(m => !m.IsRunning) : null;
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
            Room = Room with { ClearedThrough = cleared.Through, MessageCount = kept.Length },
        };
    }

    private RoomState WithoutTurn(Guid turnId) =>
        Queue.Any(t => t.Id == turnId) ? this with { Queue = Queue.RemoveAll(t => t.Id == turnId) } : this;

    // Trimmed in one go at twice the size rather than message by message, so that viewers' rows rarely leave at the top.
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

        return first == 0 ? this : this with { Messages = Messages.RemoveRange(0, first), HasOlder = true };
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
