using BlazorChat.Access;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IAuditLog" />
internal sealed class AuditStore(Database database, TimeProvider time) : IAuditLog
{
    public Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteAsync(db =>
        {
            db.Audit.Add(AuditRow.Of(entry with { At = time.GetUtcNow() }));
            return Task.FromResult(true);
        }, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> ReadNewestAsync(int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<AuditEntry>>(async db =>
            (await db.Audit.AsNoTracking().OrderByDescending(e => e.Id).Take(count).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(e => e.ToEntry()), cancellationToken);
}
