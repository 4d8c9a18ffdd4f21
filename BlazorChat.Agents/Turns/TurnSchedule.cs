
namespace BlazorChat.Turns;

/// <summary>
/// Connects commands, which queue turns, with the worker, which runs them. It depends on neither: tools and turn observers may post
/// messages, which queue turns.
/// </summary>
internal sealed class TurnSchedule : ITurnScheduler
{
    private volatile Action<Turn>? _begin;

    /// <inheritdoc />
    // Nothing to do before the worker starts: it begins with the stored turns.
    public void Schedule(Turn turn) => _begin?.Invoke(turn);

    /// <summary>Sends turns that are queued from now on to the worker.</summary>
    public void Start(Action<Turn> begin) => _begin = begin;
}
