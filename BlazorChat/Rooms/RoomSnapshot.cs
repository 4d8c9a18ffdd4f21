using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>
/// A room as it stands, immutable: the fold of its events over what was loaded when it was opened. Replaced, never
/// changed; tokens of running answers do not replace it (they are in <see cref="RoomMessage.Live"/>).
/// </summary>
public sealed record RoomSnapshot
{
    /// <summary>The room with its counts.</summary>
    public required Room Room { get; init; }

    /// <summary>Rises with every change while the room is open.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The newest messages in order of sequence: all of the room from the first of them on. At least
    /// <see cref="RoomLimits.WindowSize"/> where there are that many, and no more than twice that beyond running answers.
    /// </summary>
    public required ImmutableArray<RoomMessage> Messages { get; init; }

    /// <summary>Whether the store has messages before the first of <see cref="Messages"/>.</summary>
    public bool HasOlder { get; init; }

    /// <summary>Turns that wait, oldest first.</summary>
    public ImmutableArray<Turn> Queue { get; init; } = [];

    /// <summary>Who deleted the room, or null while it exists. Nothing changes after that.</summary>
    public Author? DeletedBy { get; init; }

    /// <summary>Who cleared the room last while it was open, or null.</summary>
    public Author? ClearedBy { get; init; }

    /// <summary>The running answers.</summary>
    public IEnumerable<RoomMessage> Running => Messages.Where(m => m.Live is not null);

    /// <summary>This room after an event; the same instance when the event changes nothing (it came twice, or too late).</summary>
    public RoomSnapshot Apply(RoomEvent roomEvent)
    {
        if (DeletedBy is not null)
        {
            return this;
        }

        var next = roomEvent switch
        {
            RoomEvent.MessagePosted posted => Insert(new RoomMessage(posted.Message)).Trim(),
            RoomEvent.ReplyStarted started => Start(started),
            RoomEvent.ReplyEnded ended => End(ended.Message),
            RoomEvent.MessageChanged changed => Change(changed.Message),
            RoomEvent.TurnQueued queued => Queue.Any(t => t.Id == queued.Turn.Id) ? this : this with { Queue = Queue.Add(queued.Turn) },
            RoomEvent.TurnWithdrawn withdrawn => WithoutTurn(withdrawn.TurnId),
            RoomEvent.RoomChanged changed => this with
            {
                Room = Room with { Name = changed.Room.Name, Instructions = changed.Room.Instructions, AnswerMode = changed.Room.AnswerMode },
            },
            RoomEvent.RoomCleared cleared => Clear(cleared),
            RoomEvent.RoomDeleted deleted => this with { DeletedBy = deleted.By, Messages = [], Queue = [], HasOlder = false },
            _ => this,
        };
        return ReferenceEquals(next, this) ? this : next with { Version = Version + 1 };
    }

    private RoomSnapshot Insert(RoomMessage added)
    {
        var message = added.Message;
        if (message.Sequence <= Room.ClearedThrough || IndexOf(message.Id) >= 0)
        {
            return this;
        }

        var at = Messages.Length;
        while (at > 0 && Messages[at - 1].Message.Sequence > message.Sequence)
        {
            at--;
        }

        return this with
        {
            Messages = Messages.Insert(at, added),
            Room = Room with
            {
                MessageCount = Room.MessageCount + 1,
                LastSequence = Math.Max(Room.LastSequence, message.Sequence),
                LastActivityAt = Later(Room.LastActivityAt, message.CreatedAt),
            },
        };
    }

    private RoomSnapshot Start(RoomEvent.ReplyStarted started) =>
        WithoutTurn(started.TurnId).Insert(new RoomMessage(started.Message, new LiveReply())).Trim();

    private RoomSnapshot End(Message message)
    {
        var at = IndexOf(message.Id);
        if (at < 0)
        {
            return this;
        }

        var ended = Messages[at].Live?.Completed is { } blocks ? new RoomMessage(message, blocks) : new RoomMessage(message);
        return (this with
        {
            Messages = Messages.SetItem(at, ended),
            Room = Room with { LastActivityAt = Later(Room.LastActivityAt, message.EndedAt ?? message.CreatedAt) },
        }).Trim();
    }

    private RoomSnapshot Change(Message message)
    {
        var at = IndexOf(message.Id);
        return at < 0 ? this : this with { Messages = Messages.SetItem(at, new RoomMessage(message, Messages[at])) };
    }

    private RoomSnapshot Clear(RoomEvent.RoomCleared cleared)
    {
        var kept = Messages.RemoveAll(m => m.Message.Sequence <= cleared.Through);
        return this with
        {
            Messages = kept,
            HasOlder = false,
            Queue = [],
            ClearedBy = cleared.By,
            Room = Room with { ClearedThrough = cleared.Through, MessageCount = kept.Length },
        };
    }

    private RoomSnapshot WithoutTurn(Guid turnId) =>
        Queue.Any(t => t.Id == turnId) ? this with { Queue = Queue.RemoveAll(t => t.Id == turnId) } : this;

    // Trimmed in one go at twice the size rather than message by message, so that viewers' rows rarely leave at the top.
    private RoomSnapshot Trim()
    {
        if (Messages.Length < 2 * RoomLimits.WindowSize)
        {
            return this;
        }

        var first = Messages.Length - RoomLimits.WindowSize;
        for (var i = 0; i < first; i++)
        {
            if (Messages[i].Live is not null)
            {
                first = i;
            }
        }

        return first == 0 ? this : this with { Messages = Messages.RemoveRange(0, first), HasOlder = true };
    }

    private int IndexOf(Guid messageId)
    {
        // From the end: what changes is nearly always among the newest.
        for (var i = Messages.Length - 1; i >= 0; i--)
        {
            if (Messages[i].Message.Id == messageId)
            {
                return i;
            }
        }

        return -1;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
