using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Text;

namespace BlazorChat.Rooms;

/// <summary>When assistants answer in a room.</summary>
public enum AnswerMode
{
    /// <summary>The room's assistant answers every message, others when mentioned with @name.</summary>
    Always,

    /// <summary>Assistants answer only when mentioned with @name.</summary>
    WhenMentioned,
}

/// <summary>What happens to a message that asks an assistant while the assistant is busy with another in the room. Numbers are in databases: never renumber.</summary>
public enum OverlapPolicy
{
    /// <summary>Each is answered, one after the other.</summary>
    Queue = 0,

    /// <summary>Only the newest is answered next; what waited before it is read, not answered.</summary>
    Latest = 1,

    /// <summary>What one author wrote meanwhile is answered together; never with what others wrote.</summary>
    Merge = 2,

    /// <summary>It is refused, and its author told.</summary>
    Drop = 3,

    /// <summary>As merged, and begun only when its author has been quiet for a while; also when nobody is busy.</summary>
    Debounce = 4,
}

/// <summary>A room's settings that people change.</summary>
public sealed record RoomSettings
{
    /// <summary>What every assistant is told in the room, at most <see cref="RoomLimits.InstructionsLength"/> characters.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>When assistants answer.</summary>
    public AnswerMode AnswerMode { get; init; }

    /// <summary>What happens to messages that ask a busy assistant.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>With <see cref="OverlapPolicy.Debounce"/>: how long an author must be quiet, 0.1 to 60 s.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Names of the tools that no assistant may call here, in order.</summary>
    public ImmutableArray<string> DisabledTools { get; init; } = [];

    /// <inheritdoc />
    public bool Equals(RoomSettings? other) =>
        other is not null && Instructions == other.Instructions && AnswerMode == other.AnswerMode && Overlap == other.Overlap
        && QuietTime == other.QuietTime && DisabledTools.SequenceEqual(other.DisabledTools);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Instructions, AnswerMode, Overlap, QuietTime, DisabledTools.Length);
}

/// <summary>A room as it is stored, without its messages.</summary>
public sealed record Room
{
    /// <summary>Version 7 GUID.</summary>
    public required Guid Id { get; init; }

    /// <summary>Trimmed, 1 to 80 characters, unique ignoring case; while nobody has named it <see cref="Names.UnnamedRoom"/>, as others may be called too.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it has a name of its own: one that a person gave it, or the title of its first exchange.</summary>
    public bool IsNamed { get; init; } = true;

    /// <summary>What people have set.</summary>
    public RoomSettings Settings { get; init; } = new();

    /// <summary>What every assistant is told in this room.</summary>
    public string Instructions => Settings.Instructions;

    /// <summary>When assistants answer.</summary>
    public AnswerMode AnswerMode => Settings.AnswerMode;

    /// <summary>The id of the person who made the room, its owner; null for a room that nobody made.</summary>
    public string? OwnerId { get; init; }

    /// <summary>Tokens of all responses so far, also of those that are gone.</summary>
    public TokenCounts Tokens { get; init; }

    /// <summary>What all responses cost so far by the prices of their time; null while none had a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last message was posted or answer ended; the list's order.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>Number of messages in it now.</summary>
    public int MessageCount { get; init; }

    /// <summary>The highest sequence given so far.</summary>
    public long LastSequence { get; init; }

    /// <summary>The number of the last event that was stored.</summary>
    public long LastEvent { get; init; }

    /// <summary>Messages up to this sequence were cleared; an event about one of them comes too late.</summary>
    public long ClearedThrough { get; init; }

    /// <summary>The room with one more message, whose sequence is then the last.</summary>
    public Room WithMessage(DateTimeOffset at) => this with { LastSequence = LastSequence + 1, MessageCount = MessageCount + 1, LastActivityAt = at };

    /// <summary>How many of its oldest messages are to go now. A bound that was lowered is reached over many posts, none of which removes thousands.</summary>
    /// <param name="maxStored">The most messages that a room keeps.</param>
    public int ExcessOver(int maxStored)
    {
        const int MaxAtOnce = 100;
        return Math.Clamp(MessageCount - maxStored, 0, MaxAtOnce);
    }

    /// <summary>The room with what a response took.</summary>
    public Room WithUsage(TokenCounts tokens, decimal? cost) =>
        this with { Tokens = Tokens + tokens, Cost = cost is { } price ? (Cost ?? 0) + price : Cost };
}

/// <summary>A room in the list of rooms.</summary>
/// <param name="Room">The room.</param>
/// <param name="RunningResponses">How many responses run in it now.</param>
public sealed record RoomSummary(Room Room, int RunningResponses);
