using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>The states of a tool call. The names are stored in databases: never rename.</summary>
public enum ToolCallState
{
    /// <summary>The model is still writing the arguments.</summary>
    Streaming,

    /// <summary>The arguments are complete and the call is about to run.</summary>
    Ready,

    /// <summary>A person has to approve or reject it.</summary>
    AwaitingApproval,

    /// <summary>The asker's browser has to run it.</summary>
    AwaitingBrowser,

    /// <summary>It is running; <see cref="ToolCallPart.Result"/> may have a preliminary result.</summary>
    Running,

    /// <summary>It finished with a result.</summary>
    Succeeded,

    /// <summary>It failed; the result is the error message.</summary>
    Failed,

    /// <summary>A person rejected it; the result says so.</summary>
    Rejected,

    /// <summary>Nobody answered its request in time; the result says so.</summary>
    Expired,
}

/// <summary>A person's decision on a request for approval.</summary>
/// <param name="IsApproved">Whether the call may run.</param>
/// <param name="By">The person who decided.</param>
/// <param name="At">The time of the decision.</param>
/// <param name="Reason">The reason, at most <see cref="RoomLimits.ReasonLength"/> characters, or null.</param>
public sealed record ToolDecision(bool IsApproved, Author By, DateTimeOffset At, string? Reason)
{
    /// <summary>
    /// Whether nobody was asked about this call, because an owner had allowed the tool for the whole room. <see cref="By"/> and
    /// <see cref="At"/> are theirs then.
    /// </summary>
    public bool IsStanding { get; init; }
}

/// <summary>The steps of work that a call handed to another assistant, shortened.</summary>
/// <param name="Parts">What the other assistant said and called.</param>
public sealed record CallWork(ImmutableArray<MessagePart> Parts)
{
    /// <summary>Whether it has the same parts.</summary>
    public bool Equals(CallWork? other) => other is not null && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc />
    public override int GetHashCode() => Parts.Length;
}

/// <summary>A model's call of a tool, with its result once there is one.</summary>
/// <param name="CallId">The model's id of the call, unique within the response.</param>
/// <param name="Name">The tool's name.</param>
public sealed record ToolCallPart(string CallId, string Name) : MessagePart
{
    /// <summary>The arguments as the model wrote them: a JSON object, or its beginning while they stream.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>What people are told about the tool; null if its name is all there is to say.</summary>
    public ToolLabel? Label { get; init; }

    /// <summary>The call's state.</summary>
    public ToolCallState State { get; init; }

    /// <summary>
    /// The result for the model: the tool's result, an error message, or the rejection; a preliminary result while the call is running. At
    /// most <see cref="RoomLimits.ToolResultLength"/> characters; a longer result is cut to its beginning and marked.
    /// </summary>
    public string? Result { get; init; }

    /// <summary>How many things the result has, for its line (<c>Searched this room · 3 results</c>); null if the tool has not said. Never sent to a model.</summary>
    public int? Count { get; init; }

    /// <summary>The blob with the complete result when <see cref="Result"/> is only its beginning, or null.</summary>
    public Guid? BlobId { get; init; }

    /// <summary>The length of the complete result in characters when <see cref="Result"/> is only its beginning, or null.</summary>
    public int? WholeLength { get; init; }

    /// <summary>The person's decision, or null when there is none.</summary>
    public ToolDecision? Decision { get; init; }

    /// <summary>Whether it needs the approval of two people.</summary>
    public bool NeedsTwoPeople { get; init; }

    /// <summary>The first of two approvals; null if there is none yet, or if one is enough. The second one is the <see cref="Decision"/>.</summary>
    public ToolDecision? FirstApproval { get; init; }

    /// <summary>The tool as it was when people were asked for their approval; null when they were not.</summary>
    public ToolFingerprint? Tool { get; init; }

    /// <summary>Why people are asked again although somebody approved it: a sentence for them, or null.</summary>
    public string? AskedAgain { get; init; }

    /// <summary>
    /// The steps of work that this call handed to another assistant, shortened; null when it handed on none. Never sent to a model.
    /// </summary>
    public CallWork? Work { get; init; }

    /// <summary>When people or their browser were asked; null when they were not, or if that is not known.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When its request to a person or their browser expires; null when it has made none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it started running.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>When it got its result.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it has a final result; such a call never runs again.</summary>
    public bool IsFinished => State is ToolCallState.Succeeded or ToolCallState.Failed or ToolCallState.Rejected or ToolCallState.Expired;

    /// <summary>Whether a person who may approve it can: the second of two people is somebody else than the first.</summary>
    public bool TakesApprovalOf(Author person) => FirstApproval?.By.IsSameAs(person) != true;

    /// <summary>Whether it waits for a person or their browser.</summary>
    public bool IsAwaited => State is ToolCallState.AwaitingApproval or ToolCallState.AwaitingBrowser;
}
