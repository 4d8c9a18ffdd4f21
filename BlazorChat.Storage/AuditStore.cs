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

    public Task<AuditPage> ReadAsync(bool? ofRooms, long? before, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
        {
            var rows = await db.Audit.AsNoTracking()
                .Where(e => (before == null || e.Id < before) && (ofRooms == null || (e.RoomId != null) == ofRooms))
                .OrderByDescending(e => e.Id).Take(count + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
            return new AuditPage(rows.Take(count).Select(r => r.ToEntry()).ToList(), rows.Count > count ? rows[count - 1].Id : null);
        }, cancellationToken);
}
