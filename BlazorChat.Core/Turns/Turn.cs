using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Turns;

/// <summary>How far a turn is. Numbers are in databases: never renumber.</summary>
public enum TurnStatus
{
    /// <summary>It waits for its place.</summary>
    Waiting = 0,

    /// <summary>It runs, or did when the process ended.</summary>
    Running = 1,

    /// <summary>Its response waits for people; nothing happens until they have answered.</summary>
    Suspended = 2,

    /// <summary>Its response exists and can go on; before those that wait.</summary>
    Ready = 3,
}

/// <summary>A place in the queue: an assistant is to answer in a room. One at a time runs per assistant and room.</summary>
/// <param name="Id">Version 7 GUID.</param>
/// <param name="RoomId">The room.</param>
/// <param name="AssistantId">Who is to answer.</param>
/// <param name="RequestedBy">Whose message or command asked for it.</param>
/// <param name="RequestedAt">When that was.</param>
public sealed record Turn(Guid Id, Guid RoomId, string AssistantId, Author RequestedBy, DateTimeOffset RequestedAt)
{
    /// <summary>In which order turns of a room run: those whose answer can go on first, then who could begin first, then who asked first.</summary>
    public static IComparer<Turn> ByPlace { get; } = Comparer<Turn>.Create(static (a, b) =>
        (a.MessageId is null, a.DueMilliseconds, a.Id).CompareTo((b.MessageId is null, b.DueMilliseconds, b.Id)));

    /// <summary>The message to answer, the newest of them; null where no message asked for the turn.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>Messages of the same author before <see cref="QuestionId"/> that are answered together with it, oldest first.</summary>
    public ImmutableArray<Guid> EarlierQuestionIds { get; init; } = [];

    /// <summary>The response that goes on with it; null for a turn that begins a new one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>It does not begin before this; null for as soon as it can.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How far it is.</summary>
    public TurnStatus Status { get; init; }

    /// <summary>What it knows of whoever asked for it.</summary>
    public TurnRequest Request { get; init; } = new(RequestedBy);

    /// <summary>Only what stands before this sequence is answered: the response that is retried stood there. Null for everything.</summary>
    public long? Before { get; init; }

    /// <summary>Whether what the response says now becomes an earlier version when the turn begins.</summary>
    public bool IsRegeneration { get; init; }

    /// <summary>The step that it began with: those of a response that is continued do not count again.</summary>
    public int FirstStep { get; init; }

    /// <summary>When it began to run first; null while it waits.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>How often it was taken up again after having been cut off.</summary>
    public int Recoveries { get; init; }

    /// <summary>How much of the response there was the last time (see <see cref="ResponseProgress"/>): it goes on only while that grows.</summary>
    public long RecoveredProgress { get; init; }

    /// <summary>Whether it is in the queue: it waits for its place, or its response can go on.</summary>
    public bool IsQueued => Status is TurnStatus.Waiting or TurnStatus.Ready;

    // As it is stored.
    private long DueMilliseconds => (NotBefore ?? RequestedAt).ToUnixTimeMilliseconds();
}
