using System.Collections.Immutable;
using BlazorChat.Access;
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

/// <summary>
/// The rules for a question to an assistant that is busy in the room. The numbers are stored in databases: never renumber.
/// </summary>
public enum OverlapPolicy
{
    /// <summary>Every question is answered, one after the other.</summary>
    Queue = 0,

    /// <summary>Only the newest question is answered next. Earlier waiting ones are read, but not answered.</summary>
    Latest = 1,

    /// <summary>One author's waiting questions are answered together, never with those of others.</summary>
    Merge = 2,

    /// <summary>The question is refused with a message to its author.</summary>
    Drop = 3,

    /// <summary>
    /// Like <see cref="Merge"/>, but the turn starts only after its author has been quiet for a while, even when no assistant is busy.
    /// </summary>
    Debounce = 4,
}

/// <summary>The settings of a room that people can change.</summary>
public sealed record RoomSettings
{
    /// <summary>Instructions for every assistant in the room, at most <see cref="RoomLimits.InstructionsLength"/> characters.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>When assistants answer.</summary>
    public AnswerMode AnswerMode { get; init; }

    /// <summary>The rule for questions to a busy assistant.</summary>
    public OverlapPolicy Overlap { get; init; }

    /// <summary>With <see cref="OverlapPolicy.Debounce"/>: how long an author must be quiet, 0.1 to 60 s.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Names of the tools that no assistant may call here, in order.</summary>
    public ImmutableArray<string> DisabledTools { get; init; } = [];

    /// <summary>The color of the room's accent (<see cref="AccentColor.Chosen"/>); empty for the server's. Only owners change it.</summary>
    public string Accent { get; init; } = "";

    /// <summary>Who may ask, stop, regenerate and approve. Only owners change it.</summary>
    public TurnRights Rights { get; init; } = new();

    /// <inheritdoc />
    public bool Equals(RoomSettings? other) =>
        other is not null && Instructions == other.Instructions && AnswerMode == other.AnswerMode && Overlap == other.Overlap
        && QuietTime == other.QuietTime && DisabledTools.SequenceEqual(other.DisabledTools) && Rights == other.Rights && Accent == other.Accent;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Instructions, AnswerMode, Overlap, QuietTime, DisabledTools.Length, Rights, Accent);
}

/// <summary>A room as stored, without its messages.</summary>
public sealed record Room
{
    /// <summary>Version 7 GUID.</summary>
    public required Guid Id { get; init; }

    /// <summary>
    /// The name: trimmed, 1 to 80 characters. Rooms can share a name: otherwise, a refused name would tell of a room that one may not see.
    /// Until the room is named, it is <see cref="Names.UnnamedRoom"/>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Whether it has a name of its own, given by a person or taken from the title of its first exchange.</summary>
    public bool IsNamed { get; init; } = true;

    /// <summary>The settings that people can change.</summary>
    public RoomSettings Settings { get; init; } = new();

    /// <summary>Instructions for every assistant in the room.</summary>
    public string Instructions => Settings.Instructions;

    /// <summary>When assistants answer.</summary>
    public AnswerMode AnswerMode => Settings.AnswerMode;

    /// <summary>Who can see the room besides its members.</summary>
    public RoomVisibility Visibility { get; init; }

    /// <summary>Whether newcomers see only what comes after they came (see <see cref="RoomMember.SeesFrom"/>). Only in a private room.</summary>
    public bool HidesHistory { get; init; }

    /// <summary>Since when the room is archived: read only and out of the list. Null if it is not.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>Whether the room is archived.</summary>
    public bool IsArchived => ArchivedAt is not null;

    /// <summary>Tokens of all responses so far, including removed ones.</summary>
    public TokenCounts Tokens { get; init; }

    /// <summary>The cost of all responses so far, each at the prices of its time; null while none had a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last message was posted or the last response ended. The list of rooms is sorted by it.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>The current number of messages.</summary>
    public int MessageCount { get; init; }

    /// <summary>The highest sequence assigned so far.</summary>
    public long LastSequence { get; init; }

    /// <summary>The number of the last stored event.</summary>
    public long LastEvent { get; init; }

    /// <summary>Messages up to this sequence were cleared; a later event about one of them is ignored.</summary>
    public long ClearedThrough { get; init; }

    /// <summary>
    /// How far the room goes for somebody, as something to compare and to keep: of somebody who sees only what is new, without a count of what came
    /// before.
    /// </summary>
    internal long ReadMark => LastSequence - HiddenThrough;

    /// <summary>The sequence of the last message that is hidden from whoever has this copy; 0 for none.</summary>
    internal long HiddenThrough { get; private init; }

    /// <summary>The room with one more message, which gets the next sequence.</summary>
    public Room WithMessage(DateTimeOffset at) => this with { LastSequence = LastSequence + 1, MessageCount = MessageCount + 1, LastActivityAt = at };

    /// <summary>
    /// How many of the oldest messages to remove now. After the limit is lowered it is reached over many posts, so that no single post
    /// removes thousands.
    /// </summary>
    /// <param name="maxStored">The maximum number of messages in a room.</param>
    public int ExcessOver(int maxStored)
    {
        const int MaxAtOnce = 100;
        return Math.Clamp(MessageCount - maxStored, 0, MaxAtOnce);
    }

    /// <summary>The room as somebody sees it who sees only messages from a sequence on: without counts of what came before.</summary>
    internal Room From(long sequence) => sequence <= 0
        ? this
        : this with { MessageCount = (int)Math.Clamp(LastSequence - sequence + 1, 0, MessageCount), Tokens = default, Cost = null, HiddenThrough = Math.Min(sequence - 1, LastSequence) };

    /// <summary>The room with a response's tokens and cost added.</summary>
    public Room WithUsage(TokenCounts tokens, decimal? cost) =>
        this with { Tokens = Tokens + tokens, Cost = cost is { } price ? (Cost ?? 0) + price : Cost };
}

/// <summary>A room in the list of rooms.</summary>
/// <param name="Room">The room.</param>
/// <param name="RunningResponses">The number of responses running in it now.</param>
public sealed record RoomSummary(Room Room, int RunningResponses);
