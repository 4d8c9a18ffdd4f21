using BlazorChat.Rooms;

namespace BlazorChat.Storage;

/// <summary>A room's row. Counts are kept here so that no reader has to count messages.</summary>
internal sealed class RoomRow
{
    public required Guid Id { get; set; }

    public required string Name { get; set; }

    /// <summary><see cref="Names.KeyOf"/> of the name: what is unique.</summary>
    public required string NameKey { get; set; }

    public required string Instructions { get; set; }

    public AnswerMode AnswerMode { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset LastActivityAt { get; set; }

    public int MessageCount { get; set; }

    public long LastSequence { get; set; }

    public long ClearedThrough { get; set; }

    public Room ToRoom() => new()
    {
        Id = Id,
        Name = Name,
        Instructions = Instructions,
        AnswerMode = AnswerMode,
        CreatedAt = CreatedAt,
        LastActivityAt = LastActivityAt,
        MessageCount = MessageCount,
        LastSequence = LastSequence,
        ClearedThrough = ClearedThrough,
    };
}

/// <summary>How a message's status is stored. Numbers are in databases: never renumber.</summary>
internal enum StoredStatus
{
    Complete = 0,
    Streaming = 1,
    Stopped = 2,
    Failed = 3,
    Interrupted = 4,
}

/// <summary>A message's row.</summary>
internal sealed class MessageRow
{
    public required Guid Id { get; set; }

    public required Guid RoomId { get; set; }

    public long Sequence { get; set; }

    public AuthorKind AuthorKind { get; set; }

    public required string AuthorId { get; set; }

    public required string AuthorName { get; set; }

    /// <summary>The sender's own id of the message; null for answers.</summary>
    public Guid? ClientId { get; set; }

    /// <summary>See <see cref="MessagePartsJson"/>.</summary>
    public required string Parts { get; set; }

    public StoredStatus Status { get; set; }

    /// <summary>Who stopped it, or why it failed.</summary>
    public string? StatusDetail { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsRetried { get; set; }

    public Message ToMessage() => new()
    {
        Id = Id,
        RoomId = RoomId,
        Sequence = Sequence,
        Author = new Author(AuthorKind, AuthorId, AuthorName),
        Parts = MessagePartsJson.Read(Parts),
        Status = Status switch
        {
            StoredStatus.Streaming => MessageStatus.Streaming.Instance,
            StoredStatus.Stopped => new MessageStatus.Stopped(StatusDetail ?? ""),
            StoredStatus.Failed => new MessageStatus.Failed(StatusDetail ?? ""),
            StoredStatus.Interrupted => MessageStatus.Interrupted.Instance,
            _ => MessageStatus.Complete.Instance,
        },
        CreatedAt = CreatedAt,
        EndedAt = EndedAt,
        IsRetried = IsRetried,
    };

    public void SetStatus(MessageStatus status) => (Status, StatusDetail) = status switch
    {
        MessageStatus.Streaming => (StoredStatus.Streaming, null),
        MessageStatus.Stopped stopped => (StoredStatus.Stopped, stopped.By),
        MessageStatus.Failed failed => (StoredStatus.Failed, failed.Reason),
        MessageStatus.Interrupted => (StoredStatus.Interrupted, null),
        _ => (StoredStatus.Complete, (string?)null),
    };
}

/// <summary>Whether a turn waits or runs. Numbers are in databases: never renumber.</summary>
internal enum StoredTurnState
{
    Waiting = 0,
    Running = 1,
}

/// <summary>A turn's row; it is removed when the turn ends, since the message keeps the outcome.</summary>
internal sealed class TurnRow
{
    public required Guid Id { get; set; }

    public required Guid RoomId { get; set; }

    public required string AssistantId { get; set; }

    public StoredTurnState State { get; set; }

    public AuthorKind RequestedByKind { get; set; }

    public required string RequestedById { get; set; }

    public required string RequestedByName { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>The answer, once the turn runs.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>
    /// Only what stands before this sequence is answered: the answer that is retried stood there. Null for everything, also
    /// once somebody has written while it waited.
    /// </summary>
    public long? Before { get; set; }

    public Turn ToTurn() => new(Id, RoomId, AssistantId, new Author(RequestedByKind, RequestedById, RequestedByName), RequestedAt);
}

/// <summary>A piece of a running answer's text.</summary>
internal sealed class JournalRow
{
    public required Guid MessageId { get; set; }

    public long Ordinal { get; set; }

    public required string Text { get; set; }
}
