using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>A turn that was taken out of the queue, with its response, which exists from then on.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Response">The response: empty, or as far as it had come, and streaming.</param>
/// <param name="Before">The prompt is what stands before this sequence: the response's own, or that of the response that is retried.</param>
/// <param name="Request">The asker, and from where.</param>
public sealed record ClaimedTurn(Turn Turn, Message Response, long Before, TurnRequest Request)
{
    /// <summary>Whether it goes on with a response that existed.</summary>
    public bool IsContinuation { get; init; }

    /// <summary>Whether somebody asked for another response than the one there was.</summary>
    public bool IsAnother { get; init; }

    /// <summary>No step before this one is still to come.</summary>
    public int Step { get; init; }

    /// <summary>The step that it began with: those before do not count against its budget.</summary>
    public int FirstStep { get; init; }

    /// <summary>When it began first.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>How often it was taken up again after having been cut off.</summary>
    public int Recoveries { get; init; }

    /// <summary>How much of the response there was the last time it was cut off.</summary>
    public long RecoveredProgress { get; init; }
}

/// <summary>How a turn ended, or why it pauses: then its status says so.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="MessageId">The response.</param>
/// <param name="Parts">All of the response.</param>
/// <param name="Status">
/// What becomes of it. With <see cref="MessageStatus.AwaitingPeople"/> the turn waits for people (or, when they have all
/// answered meanwhile, goes on), with <see cref="MessageStatus.Recovering"/> it goes on, otherwise it is over.
/// </param>
/// <param name="Step">The step that comes next if the response goes on: journal pieces of those before come too late.</param>
/// <param name="Metadata">What is known of how the response came about, this turn included.</param>
/// <param name="Tokens">Tokens of this turn alone, for the room's sum.</param>
/// <param name="Cost">What they cost, or null.</param>
/// <param name="Now">When it ended.</param>
public sealed record EndedTurn(
    Guid RoomId, Guid MessageId, ImmutableArray<MessagePart> Parts, MessageStatus Status, int Step, ResponseMetadata Metadata, TokenCounts Tokens, decimal? Cost, DateTimeOffset Now);

/// <summary>More of a running response, for the journal.</summary>
/// <param name="MessageId">The response.</param>
/// <param name="Step">The step that it is of: once that is stored, its pieces come too late.</param>
/// <param name="Ordinal">Rises with each piece of one response.</param>
/// <param name="IsReasoning">Whether it is reasoning, not text.</param>
/// <param name="Text">What came since the piece before.</param>
public sealed record JournalPiece(Guid MessageId, int Step, long Ordinal, bool IsReasoning, string Text);

/// <summary>What is to become of responses of one assistant that were cut off.</summary>
/// <param name="Mode">Continue or mark.</param>
/// <param name="MaxRecoveries">How often.</param>
/// <param name="Window">How long after the turn began.</param>
public sealed record RecoveryPolicy(RecoveryMode Mode, int MaxRecoveries, TimeSpan Window)
{
    /// <summary>Whether a turn goes on.</summary>
    /// <param name="recoveries">How often it has been taken up again.</param>
    /// <param name="lastProgress">How much there was the last time.</param>
    /// <param name="parts">How much there is now.</param>
    /// <param name="age">How long ago it began.</param>
    public bool Allows(int recoveries, long lastProgress, ImmutableArray<MessagePart> parts, TimeSpan age) =>
        Mode == RecoveryMode.Continue && recoveries < MaxRecoveries && age < Window
        && (recoveries == 0 || ResponseProgress.Of(parts) > lastProgress);
}

/// <summary>
/// What is written while responses run, and read of turns, beside the changes of their rooms (<see cref="IRoomStore.ChangeAsync"/>).
/// Each is one transaction. Saving holds the room's gate or comes from the turn itself.
/// </summary>
public interface ITurnStore
{
    /// <summary>Turns that can begin or go on.</summary>
    Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken);

    /// <summary>Turns that run, or did when the process ended.</summary>
    Task<IReadOnlyList<Turn>> ReadRunningAsync(CancellationToken cancellationToken);

    /// <summary>Stores how far a running response has come. Journal pieces of earlier steps are in it, and go.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="parts">All of it.</param>
    /// <param name="step">The step that comes next.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>False when the response is gone.</returns>
    Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken);

    /// <summary>Appends to running responses, of all rooms in one transaction. Pieces of responses or steps that have ended are left out.</summary>
    Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken);

    /// <summary>Keeps something too large for its message.</summary>
    /// <returns>Its id, or null when the message is gone.</returns>
    Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken);

    /// <summary>Keeps what a model was sent in a step, if the response is still there.</summary>
    Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>What was kept of a response's steps, in order.</summary>
    Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);
}
