namespace BlazorChat.Outbox;

/// <summary>
/// Hears everything that happens in rooms, whatever crashes: what was stored comes at least once, in order, also after a restart. Register
/// it as a singleton. For what only concerns whoever looks just now, an <see cref="Rooms.IRoomObserver"/> is enough.
/// </summary>
public interface IRoomEventConsumer
{
    /// <summary>Under this name it is remembered how far it has come: 1 to 64 characters, never changed. A name that is new begins with what happens from then on.</summary>
    string Name { get; }

    /// <summary>Takes entries; when this returns they count as taken. When it throws, the same come again after a while.</summary>
    /// <param name="entries">At most 100, in order. The first of them may have come before.</param>
    /// <param name="cancellationToken">The server stops.</param>
    Task ConsumeAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken);
}
