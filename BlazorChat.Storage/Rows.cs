using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Storage;

/// <summary>A member of a room.</summary>
internal sealed class MemberRow
{
    public required Guid RoomId { get; set; }

    public required Guid PersonId { get; set; }

    public RoomRole Role { get; set; }

    public DateTimeOffset Since { get; set; }

    public long SeesFrom { get; set; }

    public RoomMember ToMember() => new(PersonId, Role, Since) { SeesFrom = SeesFrom };
}

/// <summary>An invite link of a room.</summary>
internal sealed class RoomInviteRow
{
    public required Guid Id { get; set; }

    public required Guid RoomId { get; set; }

    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    public required string TokenHash { get; set; }

    public RoomRole Role { get; set; }

    public required Guid CreatedBy { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public int MaxUses { get; set; }

    public int Uses { get; set; }

    /// <summary>Whether people without an account can make one with it.</summary>
    public bool MakesAccounts { get; set; }

    public RoomInvite ToInvite() => new(Id, Role, CreatedBy, CreatedAt, ExpiresAt, MaxUses) { Uses = Uses, TokenHash = TokenHash, MakesAccounts = MakesAccounts };
}

/// <summary>Somebody who came into a room by an invite link.</summary>
internal sealed class RoomInviteUseRow
{
    public required Guid InviteId { get; set; }

    public required Guid PersonId { get; set; }

    public DateTimeOffset UsedAt { get; set; }
}

/// <summary>
/// Messages that were cleared, or a room that was deleted, and that can be brought back until the time for it is over. Of a room's, only the
/// last one can be brought back: then those before it follow on each other.
/// </summary>
internal sealed class RoomRemovalRow
{
    public required Guid RoomId { get; set; }

    /// <summary>The last sequence that it hides; <see cref="RoomRow.Deleted"/> for the room itself.</summary>
    public long Through { get; set; }

    /// <summary>The room's <see cref="RoomRow.ClearedThrough"/> from before, which it gets back.</summary>
    public long From { get; set; }

    public DateTimeOffset At { get; set; }

    public Guid? ById { get; set; }
}

/// <summary>See <see cref="AuditEntry"/>.</summary>
internal sealed class AuditRow
{
    /// <summary>Rises with each row.</summary>
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public AuditAction Action { get; set; }

    public Guid? ById { get; set; }

    public Guid? PersonId { get; set; }

    public Guid? RoomId { get; set; }

    public static AuditRow Of(AuditEntry entry) => new() { At = entry.At, Action = entry.Action, ById = entry.By, PersonId = entry.PersonId, RoomId = entry.RoomId };

    public AuditEntry ToEntry() => new(Action, ById, PersonId, RoomId) { At = At };
}

/// <summary>A room's row. It keeps counts, so that no reader has to count messages.</summary>
internal sealed class RoomRow
{
    /// <summary>
    /// The value of <see cref="ClearedThrough"/> for a room that has been deleted: all that was in it, and ever could be, has been cleared.
    /// </summary>
    public const long Deleted = long.MaxValue;

    private const char Unnamed = '\n';

    public required Guid Id { get; set; }

    public required string Name { get; set; }

    /// <summary>
    /// The name, or <see cref="UnnamedKey"/> for a room without a name of its own. It tells them apart; names of rooms are not unique.
    /// </summary>
    public required string NameKey { get; set; }

    public required string Instructions { get; set; }

    public AnswerMode AnswerMode { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset LastActivityAt { get; set; }

    public int MessageCount { get; set; }

    public long LastSequence { get; set; }

    /// <summary>Messages up to this sequence have been cleared, whether their rows are removed yet or not.</summary>
    public long ClearedThrough { get; set; }

    /// <summary>The number of the last event in the outbox.</summary>
    public long LastEvent { get; set; }

    public RoomVisibility Visibility { get; set; }

    public bool HidesHistory { get; set; }

    public DateTimeOffset? ArchivedAt { get; set; }

    public OverlapPolicy Overlap { get; set; }

    public int QuietMilliseconds { get; set; }

    /// <summary>Names of tools, one per line.</summary>
    public required string DisabledTools { get; set; }

    /// <summary>Who may do what with turns, as <see cref="TurnRightsJson"/>; null for the defaults.</summary>
    public string? TurnRights { get; set; }

    /// <summary>The color of its accent; null for the server's.</summary>
    public string? Accent { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long CachedInputTokens { get; set; }

    public long ReasoningTokens { get; set; }

    /// <summary>In millionths of the prices' currency; null while no response had a price.</summary>
    public long? CostMicros { get; set; }

    public bool IsNamed => !NameKey.StartsWith(Unnamed);

    /// <summary>The key of an unnamed room. It cannot collide with a name, because names have no line breaks.</summary>
    public static string UnnamedKey(Guid id) => $"{Unnamed}{id:N}";

    public void Set(RoomSettings settings)
    {
        Instructions = settings.Instructions;
        AnswerMode = settings.AnswerMode;
        Overlap = settings.Overlap;
        QuietMilliseconds = (int)settings.QuietTime.TotalMilliseconds;
        DisabledTools = string.Join('\n', settings.DisabledTools);
        TurnRights = TurnRightsJson.Write(settings.Rights);
        Accent = settings.Accent.Length > 0 ? settings.Accent : null;
    }

    /// <summary>Marks the room as deleted, frees its name, and forgets what people wrote in its settings.</summary>
    public void SetDeleted()
    {
        (Name, NameKey, Instructions) = ("", UnnamedKey(Id), "");
        ClearedThrough = Deleted;
    }

    /// <summary>Copies the values that may have changed.</summary>
    public void Set(Room room)
    {
        if (Name != room.Name || NameKey.Length == 0 || IsNamed != room.IsNamed)
        {
            (Name, NameKey) = (room.Name, room.IsNamed ? room.Name : UnnamedKey(room.Id));
        }

        Set(room.Settings);
        Visibility = room.Visibility;
        HidesHistory = room.HidesHistory;
        ArchivedAt = room.ArchivedAt;
        LastActivityAt = room.LastActivityAt;
        MessageCount = room.MessageCount;
        LastSequence = room.LastSequence;
        ClearedThrough = room.ClearedThrough;
        (InputTokens, OutputTokens, CachedInputTokens, ReasoningTokens) = (room.Tokens.Input, room.Tokens.Output, room.Tokens.CachedInput, room.Tokens.Reasoning);
        CostMicros = room.Cost is { } cost ? (long)Math.Round(cost * 1_000_000m) : null;
    }

    public Room ToRoom() => new()
    {
        Id = Id,
        Name = Name,
        IsNamed = IsNamed,
        Settings = new RoomSettings
        {
            Instructions = Instructions,
            AnswerMode = AnswerMode,
            Overlap = Overlap,
            QuietTime = TimeSpan.FromMilliseconds(QuietMilliseconds),
            DisabledTools = [.. DisabledTools.Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            Rights = TurnRightsJson.Read(TurnRights),
            Accent = Accent ?? "",
        },
        Visibility = Visibility,
        HidesHistory = HidesHistory,
        ArchivedAt = ArchivedAt,
        Tokens = new TokenCounts(InputTokens, OutputTokens, CachedInputTokens, ReasoningTokens),
        Cost = CostMicros / 1_000_000m,
        CreatedAt = CreatedAt,
        LastActivityAt = LastActivityAt,
        MessageCount = MessageCount,
        LastSequence = LastSequence,
        ClearedThrough = ClearedThrough,
        LastEvent = LastEvent,
    };
}

/// <summary>The stored form of a message's status. The numbers are stored in databases: never renumber.</summary>
internal enum StoredStatus
{
    Complete = 0,
    Streaming = 1,
    Stopped = 2,
    Failed = 3,
    Interrupted = 4,
    Cut = 5,
    AwaitingPeople = 6,
    Recovering = 7,
    Unanswered = 8,
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

    /// <summary>The sender's own id of the message; null for responses.</summary>
    public Guid? ClientId { get; set; }

    /// <summary>See <see cref="MessagePartsJson"/>.</summary>
    public required string Parts { get; set; }

    public StoredStatus Status { get; set; }

    /// <summary>The name of the person who stopped it, or the reason of a failure or of a missing answer.</summary>
    public string? StatusDetail { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsRetried { get; set; }

    /// <summary>
    /// The number of steps of a running response that are in <see cref="Parts"/>. Journal pieces of these steps are already there and are
    /// ignored.
    /// </summary>
    public int Step { get; set; }

    public AuthorKind? AskedByKind { get; set; }

    public string? AskedById { get; set; }

    public string? AskedByName { get; set; }

    public Guid? QuestionId { get; set; }

    public int Versions { get; set; } = 1;

    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>See <see cref="ResponseMetadataJson"/>; null for people's messages.</summary>
    public string? Metadata { get; set; }

    public Author Author => new(AuthorKind, AuthorId, AuthorName);

    public Message ToMessage() => new()
    {
        Id = Id,
        RoomId = RoomId,
        Sequence = Sequence,
        Author = Author,
        Parts = MessagePartsJson.Read(Parts),
        Status = StoredStatuses.Read(Status, StatusDetail),
        CreatedAt = CreatedAt,
        EndedAt = EndedAt,
        IsRetried = IsRetried,
        AskedBy = AskedById is null ? null : new Author(AskedByKind ?? AuthorKind.Person, AskedById, AskedByName ?? ""),
        QuestionId = QuestionId,
        Versions = Versions,
        EditedAt = EditedAt,
        Metadata = ResponseMetadataJson.Read(Metadata),
        Step = Step,
    };

    /// <summary>Copies the values that may have changed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="before">The message as read from this row; unchanged values are not written again.</param>
    public void Set(Message message, Message? before)
    {
        if (before is null || message.Parts != before.Parts)
        {
            Parts = MessagePartsJson.Write(message.Parts);
        }

        if (before is null || message.Metadata != before.Metadata)
        {
            Metadata = message.Metadata is null ? null : ResponseMetadataJson.Write(message.Metadata);
        }

        SetStatus(message.Status);
        EndedAt = message.EndedAt;
        IsRetried = message.IsRetried;
        Step = message.Step;
        (AskedByKind, AskedById, AskedByName) = (message.AskedBy?.Kind, message.AskedBy?.Id, message.AskedBy?.Name);
        QuestionId = message.QuestionId;
        Versions = message.Versions;
        EditedAt = message.EditedAt;
    }

    public void SetStatus(MessageStatus status) => (Status, StatusDetail) = StoredStatuses.Write(status);
}

/// <summary>Converts statuses to and from their stored form.</summary>
internal static class StoredStatuses
{
    public static MessageStatus Read(StoredStatus status, string? detail) => status switch
    {
        StoredStatus.Streaming => MessageStatus.Streaming.Instance,
        StoredStatus.Stopped => new MessageStatus.Stopped(detail ?? ""),
        StoredStatus.Failed => new MessageStatus.Failed(detail ?? ""),
        StoredStatus.Interrupted => MessageStatus.Interrupted.Instance,
        StoredStatus.Cut => new MessageStatus.Cut(detail ?? ""),
        StoredStatus.AwaitingPeople => MessageStatus.AwaitingPeople.Instance,
        StoredStatus.Recovering => MessageStatus.Recovering.Instance,
        StoredStatus.Unanswered => new MessageStatus.Unanswered(detail ?? ""),
        _ => MessageStatus.Complete.Instance,
    };

    public static (StoredStatus Status, string? Detail) Write(MessageStatus status) => status switch
    {
        MessageStatus.Streaming => (StoredStatus.Streaming, null),
        MessageStatus.Stopped stopped => (StoredStatus.Stopped, stopped.By),
        MessageStatus.Failed failed => (StoredStatus.Failed, failed.Reason),
        MessageStatus.Interrupted => (StoredStatus.Interrupted, null),
        MessageStatus.Cut cut => (StoredStatus.Cut, cut.Reason),
        MessageStatus.AwaitingPeople => (StoredStatus.AwaitingPeople, null),
        MessageStatus.Recovering => (StoredStatus.Recovering, null),
        MessageStatus.Unanswered unanswered => (StoredStatus.Unanswered, unanswered.Reason),
        _ => (StoredStatus.Complete, null),
    };
}

/// <summary>A turn's row; it is removed when the turn ends, since the message keeps the outcome.</summary>
internal sealed class TurnRow
{
    public required Guid Id { get; set; }

    public required Guid RoomId { get; set; }

    public required string AssistantId { get; set; }

    public TurnStatus State { get; set; }

    public AuthorKind RequestedByKind { get; set; }

    public required string RequestedById { get; set; }

    public required string RequestedByName { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>The response, once the turn has begun.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>The message to answer; null for a turn without a question.</summary>
    public Guid? QuestionId { get; set; }

    /// <summary>
    /// Ids of the same author's messages before <see cref="QuestionId"/> that are answered with it, oldest first, one per line; null for none.
    /// </summary>
    public string? EarlierQuestions { get; set; }

    /// <summary>
    /// Only messages before this sequence are in the prompt: the position of the response being retried. Null for all messages.
    /// </summary>
    public long? Before { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>See <see cref="TurnRequestJson"/>.</summary>
    public string? Request { get; set; }

    /// <summary>Whether the current text of the response becomes an earlier version when the turn begins.</summary>
    public bool IsRegeneration { get; set; }

    /// <summary>The step that it starts with; a continued response's earlier steps do not count again.</summary>
    public int FirstStep { get; set; }

    /// <summary>When it first started running; null while it waits.</summary>
    public DateTimeOffset? BeganAt { get; set; }

    /// <summary>The number of recoveries after having been cut off, since the response last made progress.</summary>
    public int Recoveries { get; set; }

    /// <summary>
    /// The size of the response at the last recovery (see <see cref="ResponseProgress"/>): recoveries are counted anew when it has grown.
    /// </summary>
    public long RecoveredProgress { get; set; }

    public Author RequestedBy => new(RequestedByKind, RequestedById, RequestedByName);

    public ImmutableArray<Guid> EarlierQuestionIds
    {
        get => [.. (EarlierQuestions ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse)];
        set => EarlierQuestions = value.IsEmpty ? null : string.Join('\n', value);
    }

    public Turn ToTurn() => new(Id, RoomId, AssistantId, RequestedBy, RequestedAt)
    {
        Status = State,
        QuestionId = QuestionId,
        EarlierQuestionIds = EarlierQuestionIds,
        MessageId = MessageId,
        NotBefore = NotBefore,
        Before = Before,
        Request = TurnRequestJson.Read(RequestedBy, Request),
        IsRegeneration = IsRegeneration,
        FirstStep = FirstStep,
        BeganAt = BeganAt,
        Recoveries = Recoveries,
        RecoveredProgress = RecoveredProgress,
    };

    /// <summary>Copies the values that may have changed.</summary>
    public void Set(Turn turn)
    {
        State = turn.Status;
        QuestionId = turn.QuestionId;
        EarlierQuestionIds = turn.EarlierQuestionIds;
        MessageId = turn.MessageId;
        NotBefore = turn.NotBefore;
        Before = turn.Before;
        Request = TurnRequestJson.Write(turn.Request);
        IsRegeneration = turn.IsRegeneration;
        FirstStep = turn.FirstStep;
        BeganAt = turn.BeganAt;
        Recoveries = turn.Recoveries;
        RecoveredProgress = turn.RecoveredProgress;
    }
}

/// <summary>A piece of a running response's text.</summary>
internal sealed class JournalRow
{
    public required Guid MessageId { get; set; }

    public long Ordinal { get; set; }

    public required string Text { get; set; }

    /// <summary>The piece's step; see <see cref="MessageRow.Step"/>.</summary>
    public int Step { get; set; }

    public bool IsReasoning { get; set; }
}

/// <summary>An earlier version of a message, from before it was regenerated or edited.</summary>
internal sealed class MessageVersionRow
{
    public required Guid MessageId { get; set; }

    /// <summary>Counted from 1.</summary>
    public int Number { get; set; }

    public required string Parts { get; set; }

    public StoredStatus Status { get; set; }

    public string? StatusDetail { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? Metadata { get; set; }
}

/// <summary>Something too large for its message: the complete result of a tool, or a file.</summary>
internal sealed class BlobRow
{
    public required Guid Id { get; set; }

    public required Guid MessageId { get; set; }

    public required string MediaType { get; set; }

    public required byte[] Content { get; set; }
}

/// <summary>The prompt of one step of a response.</summary>
internal sealed class StepRow
{
    public required Guid MessageId { get; set; }

    /// <summary>The response's version that the step belongs to.</summary>
    public int Version { get; set; }

    public int Step { get; set; }

    public required Guid RoomId { get; set; }

    /// <summary>The response's sequence; prompts far back are removed.</summary>
    public long Sequence { get; set; }

    /// <summary>JSON, compressed (gzip).</summary>
    public required byte[] Content { get; set; }
}

/// <summary>A room event for consumers that must not miss any. It has no content of messages.</summary>
internal sealed class OutboxRow
{
    /// <summary>Rises with each row: the order of delivery.</summary>
    public long Position { get; set; }

    public required Guid RoomId { get; set; }

    /// <summary>See <see cref="RoomEvent.Number"/>.</summary>
    public long Number { get; set; }

    /// <summary>The name of the event's type.</summary>
    public required string Kind { get; set; }

    /// <summary>The message or turn that the event is about; null for the room itself.</summary>
    public Guid? SubjectId { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>The position of a consumer in the outbox.</summary>
internal sealed class OutboxPositionRow
{
    public required string Consumer { get; set; }

    /// <summary>The position of the last entry that it has taken.</summary>
    public long Position { get; set; }
}

/// <summary>
/// The id of a message that a sender posted and that is gone; see <see cref="RemovedIds"/>. It has nothing of the message's content.
/// </summary>
internal sealed class RemovedMessageRow
{
    public required Guid RoomId { get; set; }

    public long Sequence { get; set; }

    public required string AuthorId { get; set; }

    public required Guid ClientId { get; set; }

    public DateTimeOffset PostedAt { get; set; }
}

/// <summary>A person who left before there were accounts. Copies of the cookie are void.</summary>
internal sealed class LeaverRow
{
    public required Guid PersonId { get; set; }

    public DateTimeOffset LeftAt { get; set; }
}
