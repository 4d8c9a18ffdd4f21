using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>How far a tool call has come. The names are in databases: never rename.</summary>
public enum ToolCallState
{
    /// <summary>The model is still writing the arguments.</summary>
    Streaming,

    /// <summary>Complete, and about to run.</summary>
    Ready,

    /// <summary>A person has to say yes or no.</summary>
    AwaitingApproval,

    /// <summary>The browser of the asker has to run it.</summary>
    AwaitingBrowser,

    /// <summary>It runs; <see cref="ToolCallPart.Result"/> may have a preliminary result.</summary>
    Running,

    /// <summary>It gave a result.</summary>
    Succeeded,

    /// <summary>It failed; the result says how.</summary>
    Failed,

    /// <summary>A person said no; the result says so.</summary>
    Rejected,
}

/// <summary>A person's answer to a request for approval.</summary>
/// <param name="IsApproved">Yes or no.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, at most <see cref="RoomLimits.ReasonLength"/> characters, or null.</param>
public sealed record ToolDecision(bool IsApproved, Author By, DateTimeOffset At, string? Reason);

/// <summary>A tool that the model called, with its result once there is one.</summary>
/// <param name="CallId">The model's id of the call, unique within the response.</param>
/// <param name="Name">The tool's name.</param>
public sealed record ToolCallPart(string CallId, string Name) : MessagePart
{
    /// <summary>The arguments as the model wrote them: a JSON object, or the beginning of one while they stream.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>How far it has come.</summary>
    public ToolCallState State { get; init; }

    /// <summary>
    /// What the model is told: the result, what went wrong, or that a person said no. While the call runs, a preliminary
    /// result. At most <see cref="RoomLimits.ToolResultLength"/> characters; of a longer one its beginning, with a mark.
    /// </summary>
    public string? Result { get; init; }

    /// <summary>Where the whole result is when <see cref="Result"/> is only its beginning, or null.</summary>
    public Guid? BlobId { get; init; }

    /// <summary>The length of the whole result in characters when <see cref="Result"/> is only its beginning, or null.</summary>
    public int? WholeLength { get; init; }

    /// <summary>What a person decided, or null when nobody was asked (yet).</summary>
    public ToolDecision? Decision { get; init; }

    /// <summary>When it began to run.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>When it had a result.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether there is a final result: such a call never runs (again).</summary>
    public bool IsFinished => State is ToolCallState.Succeeded or ToolCallState.Failed or ToolCallState.Rejected;

    /// <summary>Whether somebody, a person or their browser, has to do something first.</summary>
    public bool IsAwaited => State is ToolCallState.AwaitingApproval or ToolCallState.AwaitingBrowser;
}
