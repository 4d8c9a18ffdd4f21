using BlazorChat.Turns;

namespace BlazorChat.Assistants.Resilience;

/// <summary>
/// Announces that nothing has come yet and that the request is being retried. It is the only content of its update and comes before the
/// first token of a guarded client's stream. Show it, but do not store it and do not send it to a model.
/// </summary>
/// <param name="delay">How long the guard waits, from now.</param>
/// <param name="attempt">The number of the retry, from 1.</param>
/// <param name="reason">The reason, in a sentence for people (<see cref="ChatFailureException.Message"/>).</param>
public sealed class RetryNoticeContent(TimeSpan delay, int attempt, string reason)
    : ResponseNoteContent($"{reason} Retrying in {Math.Max(1, Math.Round(delay.TotalSeconds))} s…")
{
    /// <summary>How long the guard waits, from when this was sent.</summary>
    public TimeSpan Delay { get; } = delay;

    /// <summary>The number of the retry, from 1.</summary>
    public int Attempt { get; } = attempt;

    /// <summary>The reason, in a sentence for people.</summary>
    public string Reason { get; } = reason;
}
