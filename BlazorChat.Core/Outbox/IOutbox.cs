namespace BlazorChat.Outbox;

/// <summary>What happened in rooms and was not taken by everybody yet, on disk. Writing it is part of <see cref="Rooms.IRoomStore.ChangeAsync"/>.</summary>
public interface IOutbox
{
    /// <summary>The entries behind a position, in order.</summary>
    Task<IReadOnlyList<OutboxEntry>> ReadAsync(long after, int count, CancellationToken cancellationToken);

    /// <summary>How far consumers have come, by name, and the position of the last entry; 0 while there is none.</summary>
    Task<(IReadOnlyDictionary<string, long> Positions, long End)> ReadPositionsAsync(CancellationToken cancellationToken);

    /// <summary>Remembers how far consumers have come, and removes what all of them have taken.</summary>
    Task SavePositionsAsync(IReadOnlyDictionary<string, long> positions, CancellationToken cancellationToken);
}
