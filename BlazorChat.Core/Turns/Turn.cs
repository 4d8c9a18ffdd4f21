using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Turns;

/// <summary>The states of a turn. The numbers are stored in databases: never renumber.</summary>
public enum TurnStatus
{
    /// <summary>It is waiting in the queue.</summary>
    Waiting = 0,

    /// <summary>It is running, or was when the process ended.</summary>
    Running = 1,

    /// <summary>Its response waits for people; nothing happens until they have answered.</summary>
    Suspended = 2,

    /// <summary>Its response exists and can resume, before turns that wait for their start.</summary>
    Ready = 3,
}

/// <summary>A place in the queue: an assistant's work on a question in a room. Each assistant runs one turn per room at a time.</summary>
/// <param name="Id">Version 7 GUID.</param>
/// <param name="RoomId">The room.</param>
/// <param name="AssistantId">The assistant that should answer.</param>
/// <param name="RequestedBy">The author of the message or command that asked for it.</param>
/// <param name="RequestedAt">The time of the request.</param>
public sealed record Turn(Guid Id, Guid RoomId, string AssistantId, Author RequestedBy, DateTimeOffset RequestedAt)
{
    /// <summary>
    /// The order in which turns of a room run: those that can resume come first, then by earliest possible start, then by order of request.
    /// </summary>
    public static IComparer<Turn> ByPlace { get; } = Comparer<Turn>.Create(static (a, b) =>
        (a.MessageId is null, a.DueMilliseconds, a.Id).CompareTo((b.MessageId is null, b.DueMilliseconds, b.Id)));

    /// <summary>The message to answer, the newest if there are several; null for a turn without a question.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>Messages of the same author before <see cref="QuestionId"/> that are answered together with it, oldest first.</summary>
    public ImmutableArray<Guid> EarlierQuestionIds { get; init; } = [];

    /// <summary>The response to resume; null for a turn that begins a new one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>
    /// The earliest start; null for as soon as possible. While the response waits for people: when the first of its requests expires, or
    /// null if that is not known (earlier versions stored no expiry).
    /// </summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The turn's state.</summary>
    public TurnStatus Status { get; init; }

    /// <summary>The asker and data from their page.</summary>
    public TurnRequest Request { get; init; } = new(RequestedBy);

    /// <summary>
    /// Only messages before this sequence are in the prompt: the position of a response that is answered anew at the end of the room. Earlier
    /// versions queued such turns; new ones have null.
    /// </summary>
    public long? Before { get; init; }

    /// <summary>Whether the current text of the response becomes an earlier version when the turn begins.</summary>
    public bool IsRegeneration { get; init; }

    /// <summary>The step that it starts with; a continued response's earlier steps do not count again.</summary>
    public int FirstStep { get; init; }

    /// <summary>When it first started running; null while it waits.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>The number of recoveries after having been cut off, since the response last made progress.</summary>
    public int Recoveries { get; init; }

    /// <summary>
    /// The size of the response at the last recovery (see <see cref="ResponseProgress"/>): recoveries are counted anew when it has grown.
    /// </summary>
    public long RecoveredProgress { get; init; }

    /// <summary>Whether it is in the queue: it waits for its place, or its response can resume.</summary>
    public bool IsQueued => Status is TurnStatus.Waiting or TurnStatus.Ready;

    // In the unit in which it is stored.
    private long DueMilliseconds => (NotBefore ?? RequestedAt).ToUnixTimeMilliseconds();
}
