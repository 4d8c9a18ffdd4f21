using BlazorChat.Outbox;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IOutbox" />
internal sealed class OutboxStore(Database database) : IOutbox
{
    public Task<IReadOnlyList<OutboxEntry>> ReadAsync(long after, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<OutboxEntry>>(async db =>
            await db.Outbox.AsNoTracking().Where(e => e.Position > after).OrderBy(e => e.Position).Take(count)
                .Select(e => new OutboxEntry(e.Position, e.RoomId, e.Number, e.Kind, e.SubjectId, e.At)).ToListAsync(cancellationToken).ConfigureAwait(false),
            cancellationToken);

    public Task<(IReadOnlyDictionary<string, long> Positions, long End)> ReadPositionsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<(IReadOnlyDictionary<string, long> Positions, long End)>(async db =>
        {
            var end = await db.Outbox.MaxAsync(e => (long?)e.Position, cancellationToken).ConfigureAwait(false) ?? 0;
            var positions = await db.OutboxPositions.AsNoTracking().ToDictionaryAsync(p => p.Consumer, p => p.Position, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
            // After all entries have been taken and removed, the end is the highest consumer position.
            return (positions, Math.Max(end, positions.Values.DefaultIfEmpty(0).Max()));
        }, cancellationToken);

    public Task SavePositionsAsync(IReadOnlyDictionary<string, long> positions, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            // A consumer that is no longer registered holds nothing back.
            var names = positions.Keys.ToArray();
            await db.OutboxPositions.Where(p => !names.Contains(p.Consumer)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            var known = await db.OutboxPositions.ToDictionaryAsync(p => p.Consumer, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
            foreach (var (consumer, position) in positions)
            {
                if (known.TryGetValue(consumer, out var row))
                {
                    row.Position = position;
                }
                else
                {
                    db.OutboxPositions.Add(new OutboxPositionRow { Consumer = consumer, Position = position });
                }
            }

            var taken = positions.Count == 0 ? long.MaxValue : positions.Values.Min();
            await db.Outbox.Where(e => e.Position <= taken).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken);
}
