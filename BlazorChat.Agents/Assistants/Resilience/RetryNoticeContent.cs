using BlazorChat.Turns;

namespace BlazorChat.Assistants.Resilience;

/// <summary>
/// Says that nothing has come yet and that the request is being repeated: the only content of an update of its own, before
/// the first token, from a guarded client's stream. Show it, do not store it and do not send it to a model.
/// </summary>
/// <param name="delay">How long the guard waits from now on.</param>
/// <param name="attempt">Which repetition this is, from 1.</param>
/// <param name="reason">Why, in a sentence for people (<see cref="ChatFailureException.Message"/>).</param>
public sealed class RetryNoticeContent(TimeSpan delay, int attempt, string reason)
    : ResponseNoteContent($"{reason} Retrying in {Math.Max(1, Math.Round(delay.TotalSeconds))} s…")
{
    /// <summary>How long the guard waits from now on.</summary>
    public TimeSpan Delay { get; } = delay;

    /// <summary>Which repetition this is, from 1.</summary>
    public int Attempt { get; } = attempt;

    /// <summary>Why, in a sentence for people.</summary>
    public string Reason { get; } = reason;
}
