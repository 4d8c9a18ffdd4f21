namespace BlazorChat.Outbox;

/// <summary>Stored room events that not every consumer has taken yet. <see cref="Rooms.IRoomStore.ChangeAsync"/> writes them.</summary>
internal interface IOutbox
{
    /// <summary>The entries after a position, in order.</summary>
    Task<IReadOnlyList<OutboxEntry>> ReadAsync(long after, int count, CancellationToken cancellationToken);

    /// <summary>The consumers' positions by name, and the position of the last entry; 0 while there is none.</summary>
    Task<(IReadOnlyDictionary<string, long> Positions, long End)> ReadPositionsAsync(CancellationToken cancellationToken);

    /// <summary>Saves the consumers' positions and removes the entries that all of them have taken.</summary>
    Task SavePositionsAsync(IReadOnlyDictionary<string, long> positions, CancellationToken cancellationToken);
}
