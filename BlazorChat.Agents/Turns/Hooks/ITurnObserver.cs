using BlazorChat.Messages;


namespace BlazorChat.Turns.Hooks;

/// <summary>
/// Hears of each turn that ended or paused, after that is stored and told. Register it as a singleton. It runs beside the
/// room: it may post messages and ask for turns, takes nobody's time, and when it throws nothing changes but the log.
/// </summary>
public interface ITurnObserver
{
    /// <summary>A turn ended, or waits for people.</summary>
    /// <param name="ended">What came of it.</param>
    /// <param name="cancellationToken">The server stops.</param>
    ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken);
}

/// <summary>What came of a turn.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Request">The asker, and from where.</param>
/// <param name="Message">The response as stored, with its status.</param>
/// <param name="Tokens">Tokens of this turn alone.</param>
/// <param name="Cost">What they cost by the configured prices, or null.</param>
/// <param name="Duration">How long the turn ran.</param>
public sealed record TurnOutcome(Turn Turn, TurnRequest Request, Message Message, TokenCounts Tokens, decimal? Cost, TimeSpan Duration);
