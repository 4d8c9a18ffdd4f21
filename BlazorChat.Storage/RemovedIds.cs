using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>
/// The ids of messages that are gone. A sender who did not get the acknowledgment sends the message again, and that must not bring back what
/// was cleared or deleted meanwhile.
/// </summary>
internal static class RemovedIds
{
    /// <summary>Keeps the ids of a room's oldest messages, which are about to be removed, as far as they may still be sent again.</summary>
    /// <param name="db">The context.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="through">The sequence of the last message that is removed.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task KeepAsync(ChatDbContext db, Guid roomId, long through, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = await db.Rooms.Where(r => r.Id == roomId).Select(r => r.LastSequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var tooFarBack = last - RoomLimits.RemovedIds;
        // In the database: a slice has thousands of messages.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "RemovedMessages" ("RoomId", "Sequence", "AuthorId", "ClientId", "PostedAt")
            SELECT m."RoomId", m."Sequence", m."AuthorId", m."ClientId", m."CreatedAt" FROM "Messages" AS m
            WHERE m."RoomId" = {roomId} AND m."Sequence" > {tooFarBack} AND m."Sequence" <= {through}
            AND m."ClientId" IS NOT NULL AND m."CreatedAt" >= {(now - RoomLimits.RemovedIdsTime).ToUnixTimeMilliseconds()}
            ON CONFLICT DO NOTHING
            """, cancellationToken).ConfigureAwait(false);
        await db.RemovedMessages.Where(m => m.RoomId == roomId && m.Sequence <= tooFarBack).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The id to keep of one message that is about to be removed, or null if it cannot be sent again.</summary>
    public static RemovedMessageRow? Of(MessageRow row, DateTimeOffset now) => row.ClientId is { } clientId && row.CreatedAt >= now - RoomLimits.RemovedIdsTime
        ? new RemovedMessageRow { RoomId = row.RoomId, Sequence = row.Sequence, AuthorId = row.AuthorId, ClientId = clientId, PostedAt = row.CreatedAt }
        : null;

    /// <summary>The ids that need not be kept any longer.</summary>
    public static IQueryable<RemovedMessageRow> Outdated(ChatDbContext db, DateTimeOffset now)
    {
        var old = now - RoomLimits.RemovedIdsTime;
        return db.RemovedMessages.Where(m => m.PostedAt < old || db.Rooms.Any(r => r.Id == m.RoomId && m.Sequence <= r.LastSequence - RoomLimits.RemovedIds));
    }
}
