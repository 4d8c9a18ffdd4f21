namespace BlazorChat.Outbox;

/// <summary>
/// Receives every stored room event at least once and in order, across crashes and restarts. Register it as a singleton. Use an
/// <see cref="Rooms.IRoomObserver"/> for what only matters to current viewers.
/// </summary>
public interface IRoomEventConsumer
{
    /// <summary>
    /// The name under which its position is stored: 1 to 64 characters, never changed. A new name starts with the events from then on.
    /// </summary>
    string Name { get; }

    /// <summary>Takes entries. They count as taken when this returns; when it throws, they are delivered again after a delay.</summary>
    /// <param name="entries">At most 100, in order. The first of them may be repeats.</param>
    /// <param name="cancellationToken">Canceled when the server stops.</param>
    Task ConsumeAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken);
}
