using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>A turn that was taken out of the queue, with its response, which exists from then on.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Response">The response: empty, or as far as it had come, and streaming.</param>
/// <param name="Before">The prompt is what stands before this sequence: the response's own, or that of the response that is retried.</param>
/// <param name="Request">Who asked, and from where.</param>
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

/// <summary>A message that changed, and a turn that may go on because of it.</summary>
/// <param name="Message">The message as stored.</param>
/// <param name="Queued">The turn that is in the queue now, or null.</param>
public sealed record ChangedResponse(Message Message, Turn? Queued);

/// <summary>What naming a room gave.</summary>
/// <param name="Room">The room as stored.</param>
/// <param name="Response">The response that the tokens were counted for, or null when that runs again or is gone.</param>
public sealed record TitledRoom(Room Room, Message? Response);

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
/// Turns and running responses on disk. Each command is one transaction. The caller holds the room's gate for everything
/// but the journal, steps and blobs.
/// </summary>
public interface ITurnStore
{
    /// <summary>Turns that can begin or go on.</summary>
    Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes the next turn of an assistant in a room: first those whose answer can go on, then those that wait and whose
    /// time has come. A new response is stored empty and streaming; one that is regenerated becomes an earlier version.
    /// </summary>
    /// <returns>Null when none can begin now.</returns>
    Task<ClaimedTurn?> ClaimAsync(Guid roomId, Author assistant, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores how far a running response has come. Journal pieces of earlier steps are in it, and go.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="parts">All of it.</param>
    /// <param name="step">The step that comes next.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>False when the response is gone.</returns>
    Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken);

    /// <summary>Stores a response's parts and status; see <see cref="EndedTurn"/>.</summary>
    /// <returns>Null when the message is gone (its room was cleared or deleted): then nothing is stored.</returns>
    Task<ChangedResponse?> EndAsync(EndedTurn ended, CancellationToken cancellationToken);

    /// <summary>
    /// Names a room unless somebody has, and counts what that took: for the room, and for a response unless that runs again.
    /// When the name is taken, a number is put behind it.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response that it is named after.</param>
    /// <param name="title">A name that can be one, or null to count only.</param>
    /// <param name="tokens">What finding the name took.</param>
    /// <param name="cost">What they cost, or null.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>Null when the room is gone.</returns>
    Task<TitledRoom?> TitleAsync(Guid roomId, Guid messageId, string? title, TokenCounts tokens, decimal? cost, CancellationToken cancellationToken);

    /// <summary>Changes a call of a response that waits for people. When nothing of it waits any more, its turn goes on: exactly once.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="change">Gives the changed call, or refuses.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    Task<Result<ChangedResponse>> ChangeCallAsync(
        Guid roomId, Guid messageId, string callId, Func<ToolCallPart, Result<ToolCallPart>> change, CancellationToken cancellationToken);

    /// <summary>Takes the waiting turns of a room, those of one assistant in it, or one of them, out of the queue. A response that was about to go on is marked as interrupted.</summary>
    /// <returns>The turns taken out, and the responses that changed.</returns>
    Task<(IReadOnlyList<Turn> Withdrawn, IReadOnlyList<Message> Changed)> WithdrawAsync(
        Guid roomId, string? assistantId, Guid? turnId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A turn that waits, or null.</summary>
    Task<Turn?> FindWaitingAsync(Guid roomId, Guid turnId, CancellationToken cancellationToken);

    /// <summary>Marks a response as retried and queues a turn for its assistant.</summary>
    /// <returns>Refused when there is no such response in this room, or it cannot be retried (any more).</returns>
    Task<Result<ChangedResponse>> RetryAsync(Guid roomId, Guid messageId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Queues a turn that answers again in a message's place, or goes on with it.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="isRegeneration">True to keep what it says as an earlier version and begin anew; false to go on where it ended.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>Refused when there is no such response, it runs, waits or was retried, or it cannot be continued.</returns>
    Task<Result<ChangedResponse>> ReopenAsync(
        Guid roomId, Guid messageId, bool isRegeneration, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Queues a turn that answers a message which has no response, or answers it once more.</summary>
    /// <returns>Refused when the message does not exist, waits for a response of this assistant already, or the queue is full.</returns>
    Task<Result<Turn>> AskAsync(Guid roomId, Guid questionId, string assistantId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Appends to running responses, of all rooms in one transaction. Pieces of responses or steps that have ended are left out.</summary>
    Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken);

    /// <summary>Keeps something too large for its message.</summary>
    /// <returns>Its id, or null when the message is gone.</returns>
    Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken);

    /// <summary>Keeps what a model was sent in a step, if the response is still there.</summary>
    Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>What was kept of a response's steps, in order.</summary>
    Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken);

    /// <summary>
    /// At start: answers that were cut off get the text that was journaled and go on as their assistant's policy says, or
    /// become <see cref="MessageStatus.Interrupted"/>.
    /// </summary>
    /// <returns>How many go on, and how many were marked.</returns>
    Task<(int Continued, int Marked)> RecoverAsync(Func<string, RecoveryPolicy> policy, DateTimeOffset now, CancellationToken cancellationToken);
}
