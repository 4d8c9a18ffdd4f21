using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>
/// Connects commands, which queue turns, with the worker, which runs them. It depends on neither: tools and turn observers may post
/// messages, which queue turns.
/// </summary>
internal sealed class TurnSchedule : ITurnScheduler
{
    private volatile Action<Turn>? _begin;
    private volatile Action<RoomEvent.TurnWithdrawn, Message?>? _withdrawn;

    /// <inheritdoc />
    // Nothing to do before the worker starts: it begins with the stored turns.
    public void Schedule(Turn turn) => _begin?.Invoke(turn);

    /// <inheritdoc />
    public void Withdraw(RoomEvent.TurnWithdrawn withdrawn, Message? response) => _withdrawn?.Invoke(withdrawn, response);

    /// <summary>Sends turns that are queued or given up from now on to the worker.</summary>
    public void Start(Action<Turn> begin, Action<RoomEvent.TurnWithdrawn, Message?> withdrawn) => (_begin, _withdrawn) = (begin, withdrawn);
}
