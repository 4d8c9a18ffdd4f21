using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>A turn that left the queue, with its response, which exists from then on.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Response">The response: empty or with its text so far, and streaming.</param>
/// <param name="Before">The prompt has the messages before this sequence: that of the response, or of the response being retried.</param>
/// <param name="Request">The asker and their page.</param>
internal sealed record ClaimedTurn(Turn Turn, Message Response, long Before, TurnRequest Request)
{
    /// <summary>Whether it continues an existing response.</summary>
    public bool IsContinuation { get; init; }

    /// <summary>Whether it replaces an existing response: as a retry or as another version.</summary>
    public bool IsAnother { get; init; }

    /// <summary>The first step that may still arrive.</summary>
    public int Step { get; init; }

    /// <summary>The step that it started with; earlier steps do not count against its budget.</summary>
    public int FirstStep { get; init; }

    /// <summary>When it first started.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>The number of recoveries after having been cut off, since the response last made progress.</summary>
    public int Recoveries { get; init; }

    /// <summary>The size of the response when it was last cut off (see <see cref="ResponseProgress"/>).</summary>
    public long RecoveredProgress { get; init; }
}

/// <summary>The end or pause of a turn, as its status says.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="MessageId">The response.</param>
/// <param name="Parts">The complete response.</param>
/// <param name="Status">
/// The response's status. With <see cref="MessageStatus.AwaitingPeople"/> the turn waits for people (or resumes, if all have answered in
/// the meantime); with <see cref="MessageStatus.Recovering"/> it resumes; otherwise it is over.
/// </param>
/// <param name="Step">The next step if the response resumes; journal pieces of earlier steps are ignored.</param>
/// <param name="Metadata">How the response came about, including this turn.</param>
/// <param name="Tokens">Tokens of this turn alone, for the room's sum.</param>
/// <param name="Cost">Their cost, or null.</param>
/// <param name="Now">When it ended.</param>
internal sealed record EndedTurn(
    Guid RoomId, Guid MessageId, ImmutableArray<MessagePart> Parts, MessageStatus Status, int Step, ResponseMetadata Metadata, TokenCounts Tokens, decimal? Cost, DateTimeOffset Now);

/// <summary>A piece of a running response, for the journal.</summary>
/// <param name="MessageId">The response.</param>
/// <param name="Step">The piece's step; once that step is stored, its pieces are ignored.</param>
/// <param name="Ordinal">Rises with each piece of one response.</param>
/// <param name="IsReasoning">Whether it is reasoning, not text.</param>
/// <param name="Text">The text since the previous piece.</param>
internal sealed record JournalPiece(Guid MessageId, int Step, long Ordinal, bool IsReasoning, string Text);

/// <summary>The rules for responses of one assistant that were cut off.</summary>
/// <param name="Mode">Continue or mark.</param>
/// <param name="MaxRecoveries">The maximum number of recoveries in a row without progress.</param>
/// <param name="Window">How long after its start, or after people last answered its requests, a turn may be recovered.</param>
internal sealed record RecoveryPolicy(RecoveryMode Mode, int MaxRecoveries, TimeSpan Window)
{
    /// <summary>Whether a turn resumes.</summary>
    /// <param name="recoveries">The number of recoveries since the last progress.</param>
    /// <param name="lastProgress">The size of the response at the last recovery.</param>
    /// <param name="parts">The response so far.</param>
    /// <param name="age">The time since the turn started.</param>
    public bool Allows(int recoveries, long lastProgress, ImmutableArray<MessagePart> parts, TimeSpan age) =>
        Mode == RecoveryMode.Continue && age < Window && Next(recoveries, lastProgress, parts).Recoveries <= MaxRecoveries;

    /// <summary>Counts one more recovery: from one again if the response has made progress since the last.</summary>
    /// <returns>The number of recoveries without progress, and the size of the response.</returns>
    public static (int Recoveries, long Progress) Next(int recoveries, long lastProgress, ImmutableArray<MessagePart> parts)
    {
        var progress = ResponseProgress.Of(parts);
        return (progress > lastProgress ? 1 : recoveries + 1, progress);
    }
}

/// <summary>
/// Reads turns, and stores running responses outside of room changes (<see cref="IRoomStore.ChangeAsync"/>). Each method is one
/// transaction. The caller of <see cref="SaveAsync"/> holds the room's gate or is the turn itself.
/// </summary>
internal interface ITurnStore
{
    /// <summary>Turns that can start or resume.</summary>
    Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken);

    /// <summary>Turns that wait for people and have requests that have expired, or whose expiry is not known.</summary>
    Task<IReadOnlyList<Turn>> ReadExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Turns that are running, or were when the process ended.</summary>
    Task<IReadOnlyList<Turn>> ReadRunningAsync(CancellationToken cancellationToken);

    /// <summary>Stores a running response so far. Removes the journal pieces of earlier steps, which are now in the message.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="parts">The response so far.</param>
    /// <param name="step">The next step.</param>
    /// <param name="cancellationToken">Cancels the write until it is stored.</param>
    /// <returns>False when the response no longer exists.</returns>
    Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken);

    /// <summary>
    /// Appends to the journal of running responses, for all rooms in one transaction. Pieces of ended responses or steps are ignored.
    /// </summary>
    Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken);

    /// <summary>Stores something too large for its message.</summary>
    /// <returns>The blob's id, or null when the message no longer exists.</returns>
    Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken);

    /// <summary>Stores the prompt of a step, if the response still exists.</summary>
    Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The stored prompts of a response's steps, in order.</summary>
    Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);
}
