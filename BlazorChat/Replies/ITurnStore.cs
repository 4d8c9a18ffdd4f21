using BlazorChat.Rooms;

namespace BlazorChat.Replies;

/// <summary>A turn that was taken out of the queue, with its answer, which exists from then on.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Reply">The answer, empty and streaming.</param>
/// <param name="Before">The prompt is what stands before this sequence: the answer's own, or that of the answer that is retried.</param>
public sealed record ClaimedTurn(Turn Turn, Message Reply, long Before);

/// <summary>What asking for a new answer gave.</summary>
/// <param name="Message">The old answer, marked as retried.</param>
/// <param name="Queued">The turn that now waits, or null when one for this assistant waited already.</param>
public sealed record RetriedReply(Message Message, Turn? Queued);

/// <summary>More text of a running answer, for the journal.</summary>
/// <param name="MessageId">The answer.</param>
/// <param name="Ordinal">Rises with each piece of one answer.</param>
/// <param name="Text">What came since the piece before.</param>
public sealed record JournalPiece(Guid MessageId, long Ordinal, string Text);

/// <summary>
/// Turns and the text of running answers on disk. Each command is one transaction. The caller holds the room's gate for
/// everything but the journal.
/// </summary>
public interface ITurnStore
{
    /// <summary>Where turns wait: assistants by room.</summary>
    Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken);

    /// <summary>Takes the waiting turn of an assistant in a room and stores its answer, empty and streaming.</summary>
    /// <returns>Null when none waits.</returns>
    Task<ClaimedTurn?> ClaimAsync(Guid roomId, Author assistant, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Stores an answer's final text and status and removes its turn and journal.</summary>
    /// <returns>The message, or null when it is gone (its room was cleared or deleted): then nothing is stored.</returns>
    Task<Message?> EndAsync(Guid roomId, Guid messageId, string text, MessageStatus status, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes the waiting turns of a room, or those of one assistant in it, out of the queue.</summary>
    /// <returns>The turns taken out.</returns>
    Task<IReadOnlyList<Turn>> WithdrawAsync(Guid roomId, string? assistantId, CancellationToken cancellationToken);

    /// <summary>Marks an answer as retried and queues a turn for its assistant.</summary>
    /// <returns>Refused when there is no such answer in this room, or it cannot be retried (any more).</returns>
    Task<Result<RetriedReply>> RetryAsync(Guid roomId, Guid messageId, Author by, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Appends text of running answers, of all rooms in one transaction. Pieces of answers that have ended or are gone are left out.</summary>
    Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken);

    /// <summary>At start: answers that were cut off become <see cref="MessageStatus.Interrupted"/> with their journaled text.</summary>
    /// <returns>How many.</returns>
    Task<int> RecoverAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
