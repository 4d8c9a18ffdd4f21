using System.Collections.Concurrent;
using BlazorChat.Turns.Hooks;

namespace BlazorChat.Samples;

/// <summary>An observer that sums up the turns of each assistant.</summary>
public sealed class OutcomeBook : ITurnObserver
{
    private readonly ConcurrentDictionary<string, (int Turns, long Tokens, TimeSpan Duration)> _sums = new(StringComparer.Ordinal);

    /// <summary>An assistant's turns, tokens and time so far. If a turn paused, each stretch of it counts as one.</summary>
    public (int Turns, long Tokens, TimeSpan Duration) Of(string assistantId) => _sums.GetValueOrDefault(assistantId);

    /// <inheritdoc />
    public ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken)
    {
        _sums.AddOrUpdate(
            ended.Turn.AssistantId,
            _ => (1, ended.Tokens.Input + ended.Tokens.Output, ended.Duration),
            (_, sum) => (sum.Turns + 1, sum.Tokens + ended.Tokens.Input + ended.Tokens.Output, sum.Duration + ended.Duration));
        return ValueTask.CompletedTask;
    }
}
