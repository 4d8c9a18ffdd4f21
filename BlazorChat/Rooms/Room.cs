namespace BlazorChat.Rooms;

/// <summary>When assistants answer in a room.</summary>
public enum AnswerMode
{
    /// <summary>The room's assistant answers every message, others when mentioned with @name.</summary>
    Always,

    /// <summary>Assistants answer only when mentioned with @name.</summary>
    WhenMentioned,
}

/// <summary>A room as it is stored, without its messages.</summary>
public sealed record Room
{
    /// <summary>Version 7 GUID.</summary>
    public required Guid Id { get; init; }

    /// <summary>Trimmed, 1 to 80 characters, unique ignoring case.</summary>
    public required string Name { get; init; }

    /// <summary>What every assistant is told in this room, at most <see cref="RoomLimits.InstructionsLength"/> characters.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>When assistants answer.</summary>
    public AnswerMode AnswerMode { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last message was posted or answer ended; the list's order.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    /// <summary>Number of messages in it now.</summary>
    public int MessageCount { get; init; }

    /// <summary>The highest sequence given so far.</summary>
    public long LastSequence { get; init; }

    /// <summary>Messages up to this sequence were cleared; an event about one of them comes too late.</summary>
    public long ClearedThrough { get; init; }
}

/// <summary>A room in the list of rooms.</summary>
/// <param name="Room">The room.</param>
/// <param name="RunningReplies">How many answers run in it now.</param>
public sealed record RoomSummary(Room Room, int RunningReplies);
