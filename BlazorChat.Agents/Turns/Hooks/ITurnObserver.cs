using BlazorChat.Messages;


namespace BlazorChat.Turns.Hooks;

/// <summary>
/// Told of each turn that ended, paused or was given up, after that is stored and shown. Register it as a singleton. It runs beside the room and
/// delays no one. It may post messages and ask for turns. Exceptions that it throws are logged and change nothing.
/// </summary>
public interface ITurnObserver
{
    /// <summary>Called when a turn has ended or waits for people.</summary>
    /// <param name="ended">The outcome of the turn.</param>
    /// <param name="cancellationToken">Canceled when the server stops.</param>
    ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken);

    /// <summary>Called when a turn was given up before its response began: its question was superseded or withdrawn, or its assistant is gone.</summary>
    /// <param name="withdrawn">The turn.</param>
    /// <param name="cancellationToken">Canceled when the server stops.</param>
    ValueTask OnTurnWithdrawnAsync(TurnWithdrawal withdrawn, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>A turn that was given up before its response began.</summary>
/// <param name="Turn">The turn, with its question and its asker.</param>
/// <param name="Reason">Why, in a sentence for people; null if its question was deleted.</param>
public sealed record TurnWithdrawal(Turn Turn, string? Reason);

/// <summary>The outcome of a turn.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Request">The asker and where they are asking from.</param>
/// <param name="Message">The response as stored, including its status.</param>
/// <param name="Tokens">Tokens of this turn alone.</param>
/// <param name="Cost">The cost at the configured prices, or null.</param>
/// <param name="Duration">How long the turn ran.</param>
public sealed record TurnOutcome(Turn Turn, TurnRequest Request, Message Message, TokenCounts Tokens, decimal? Cost, TimeSpan Duration);
