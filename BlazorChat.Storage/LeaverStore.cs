using System.Collections.Concurrent;
using BlazorChat.Access;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="ILeavers" />
internal sealed class LeaverStore(Database database, TimeProvider time) : ILeavers
{
    private readonly Lock _lock = new();

    // Asked with every request, so all of them are in memory: 16 bytes each.
    private Task<ConcurrentDictionary<Guid, bool>>? _known;

    public async ValueTask<bool> HasLeftAsync(Guid personId, CancellationToken cancellationToken) =>
        (await KnownAsync().WaitAsync(cancellationToken).ConfigureAwait(false)).ContainsKey(personId);

    public async Task AddAsync(Guid personId, CancellationToken cancellationToken)
    {
        var known = await KnownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        await database.WriteAsync(async db =>
        {
            var old = now - ILeavers.Remembered;
            await db.Leavers.Where(l => l.LeftAt < old).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            if (!await db.Leavers.AnyAsync(l => l.PersonId == personId, cancellationToken).ConfigureAwait(false))
            {
                db.Leavers.Add(new LeaverRow { PersonId = personId, LeftAt = now });
            }

            return true;
        }, cancellationToken).ConfigureAwait(false);
        known[personId] = true;
    }

    private Task<ConcurrentDictionary<Guid, bool>> KnownAsync()
    {
        lock (_lock)
        {
            // While the database is away, each request tries again.
            return _known is { IsFaulted: false, IsCanceled: false } known ? known : _known = LoadAsync();
        }
    }

    private async Task<ConcurrentDictionary<Guid, bool>> LoadAsync() =>
        new(await database.ReadAsync(
            async db => await db.Leavers.AsNoTracking().ToDictionaryAsync(l => l.PersonId, _ => true).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false));
}
