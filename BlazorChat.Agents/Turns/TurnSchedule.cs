
namespace BlazorChat.Turns;

/// <summary>
/// Where commands hand over turns that wait, and where the worker takes them. It knows neither: tools and observers of turns may post
/// messages, which queue turns.
/// </summary>
internal sealed class TurnSchedule : ITurnScheduler
{
    private volatile Action<Turn>? _begin;

    /// <inheritdoc />
    // Before the worker starts there is nothing to say: it begins with what is stored.
    public void Schedule(Turn turn) => _begin?.Invoke(turn);

    /// <summary>Turns that are queued from now on go to the worker.</summary>
    public void Start(Action<Turn> begin) => _begin = begin;
}
