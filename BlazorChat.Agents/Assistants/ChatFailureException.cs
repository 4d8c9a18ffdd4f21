using BlazorChat.Turns;

namespace BlazorChat.Assistants;

/// <summary>
/// A response failed: the one exception, apart from <see cref="OperationCanceledException"/> for a stop, that comes out of a
/// guarded chat client. What came before it has been passed on and is to be kept.
/// </summary>
public sealed class ChatFailureException : ResponseFailedException
{
    /// <summary>Makes a failure.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="sentence">The same for people, see <see cref="Message"/>.</param>
    /// <param name="canRetry">See <see cref="CanRetry"/>.</param>
    /// <param name="innerException">What it was made from, for logs; it may hold what people must not see.</param>
    public ChatFailureException(ChatFailureKind kind, string sentence, bool canRetry, Exception? innerException = null)
        : base(sentence, innerException)
    {
        Kind = kind;
        CanRetry = canRetry;
    }

    /// <summary>What happened.</summary>
    public ChatFailureKind Kind { get; }

    /// <summary>What happened, in a sentence or two for the people in the room: no secrets, no stack traces, no addresses.</summary>
    public override string Message => base.Message;

    /// <summary>Whether asking again, as it is, may help: true for what passes by itself, false for what somebody has to change.</summary>
    public bool CanRetry { get; }

    /// <inheritdoc/>
    public override bool IsStall => Kind == ChatFailureKind.Stalled;

    /// <summary>The HTTP status, when the provider answered with one that is no success.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The name of the request's field that the provider did not accept, where it says so: <c>reasoning.summary</c>. Not for people.</summary>
    internal string? Parameter { get; set; }

    /// <summary>How long the provider asks to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
