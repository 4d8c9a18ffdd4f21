using BlazorChat.Turns;

namespace BlazorChat.Assistants;

/// <summary>
/// A response failed. A guarded chat client throws only this and, for a stop, <see cref="OperationCanceledException"/>. Everything before
/// the failure has been passed on and must be kept.
/// </summary>
public sealed class ChatFailureException : ResponseFailedException
{
    /// <summary>Creates a failure.</summary>
    /// <param name="kind">The kind of failure.</param>
    /// <param name="sentence">The message for people; see <see cref="Message"/>.</param>
    /// <param name="canRetry">See <see cref="CanRetry"/>.</param>
    /// <param name="innerException">The cause, for logs; it may contain things that people must not see.</param>
    public ChatFailureException(ChatFailureKind kind, string sentence, bool canRetry, Exception? innerException = null)
        : base(sentence, innerException)
    {
        Kind = kind;
        CanRetry = canRetry;
    }

    /// <summary>The kind of failure.</summary>
    public ChatFailureKind Kind { get; }

    /// <summary>A sentence or two for the people in the room: no secrets, stack traces or addresses.</summary>
    public override string Message => base.Message;

    /// <summary>Whether the same request may succeed later: true for temporary failures, false if someone must change something first.</summary>
    public bool CanRetry { get; }

    /// <inheritdoc/>
    public override bool IsStall => Kind == ChatFailureKind.Stalled;

    /// <inheritdoc/>
    public override bool IsDropped => Kind is ChatFailureKind.ConnectionLost or ChatFailureKind.EndedEarly or ChatFailureKind.Unreachable;

    /// <summary>The HTTP status, if the provider answered with an error status.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The request field that the provider did not accept, if it says so: <c>reasoning.summary</c>. Not for people.</summary>
    internal string? Parameter { get; set; }

    /// <summary>How long the provider asks to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
