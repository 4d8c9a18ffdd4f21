using System.Threading.Channels;
using BlazorChat.Access;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BlazorChat.Storage;

/// <summary>
/// Removes the rows of cleared and deleted rooms in slices. A room's mark (<see cref="RoomRow.ClearedThrough"/>) hides them at once and for
/// ever, or until its owners bring them back; removing all rows of a large room in the same transaction would make everybody's writes wait for seconds. A start goes on with what
/// an earlier process left.
/// </summary>
internal sealed partial class Removal(Database database, IOptions<RoomsOptions> options, IOptions<AuditOptions> audit, TimeProvider time, ILogger<Removal> logger) : BackgroundService
{
    /// <summary>How many messages are removed together with the mark.</summary>
    public const int FirstSlice = 200;

    private const int LargestSlice = 1_000;

    // Other writes wait for one slice at most. Long enough that its commit does not cost more than its rows.
    private static readonly TimeSpan SliceTime = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(12);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Call this after a change that left rows behind.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>
    /// Removes the oldest messages of a room with everything that belongs to them. The ids of cleared ones are kept (see
    /// <see cref="RemovedIds"/>); a deleted room has no use for them.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="through">Only messages up to this sequence; <see cref="RoomRow.Deleted"/> for those of a deleted room.</param>
    /// <param name="count">The maximum number of messages.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    /// <returns>The number of removed messages.</returns>
    public static async Task<int> RemoveSliceAsync(ChatDbContext db, Guid roomId, long through, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = await db.Messages.Where(m => m.RoomId == roomId && m.Sequence <= through).OrderBy(m => m.Sequence).Skip(count - 1)
            .Select(m => (long?)m.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) ?? through;
        if (through != RoomRow.Deleted)
        {
            await RemovedIds.KeepAsync(db, roomId, last, now, cancellationToken).ConfigureAwait(false);
        }

        // Journals, versions, blobs and steps go with their messages (cascading foreign keys).
        return await db.Messages.Where(m => m.RoomId == roomId && m.Sequence <= last).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var forget = time.CreateTimer(_ => Wake(), null, ForgetInterval, ForgetInterval).ConfigureAwait(false);
        do
        {
            try
            {
                await ExpireAsync(stoppingToken).ConfigureAwait(false);
                await RemoveAllAsync(stoppingToken).ConfigureAwait(false);
                await ForgetIdsAsync(stoppingToken).ConfigureAwait(false);
                await ForgetAuditAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (StorageUnavailableException e)
            {
                LogFailed(e);
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(false);
                Wake();
            }
        }
        while (await _wake.Reader.ReadAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>Forgets who was in a room that is gone for good, and what people wrote in its settings. Its messages are removed behind that.</summary>
    public static async Task ForgetRoomAsync(ChatDbContext db, RoomRow room, CancellationToken cancellationToken)
    {
        await db.Members.Where(m => m.RoomId == room.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.RoomInvites.Where(i => i.RoomId == room.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        room.SetDeleted();
    }

    // What could be brought back until now cannot be any more, and is removed as if it had just been cleared.
    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - options.Value.KeepRemovedFor;
        if (!await database.ReadAsync(db => db.RoomRemovals.AnyAsync(r => r.At <= oldest, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await database.WriteAsync(async db =>
        {
            var deleted = await db.Rooms.Where(r => db.RoomRemovals.Any(d => d.RoomId == r.Id && d.Through == RoomRow.Deleted && d.At <= oldest)).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var room in deleted)
            {
                // With what was cleared in it before, however long ago.
                await db.RoomRemovals.Where(r => r.RoomId == room.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
                await ForgetRoomAsync(db, room, cancellationToken).ConfigureAwait(false);
            }

            return await db.RoomRemovals.Where(r => r.At <= oldest).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        // Up to what can still be brought back. A room's removals follow on each other, so that this is the beginning of the first of them.
        var left = await database.ReadAsync(db =>
            db.Rooms.Where(r => r.ClearedThrough > 0)
                .Select(r => new { r.Id, Through = db.RoomRemovals.Where(d => d.RoomId == r.Id).Min(d => (long?)d.From) ?? r.ClearedThrough })
                .Where(r => r.Through == RoomRow.Deleted || db.Messages.Any(m => m.RoomId == r.Id && m.Sequence <= r.Through))
                .ToListAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var room in left)
        {
            var removed = await RemoveOfAsync(room.Id, room.Through, cancellationToken).ConfigureAwait(false);
            LogRemoved(removed, room.Id);
        }
    }

    private async Task ForgetIdsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rooms = await database.ReadAsync(db => RemovedIds.Outdated(db, now).Select(m => m.RoomId).Distinct().ToListAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var roomId in rooms)
        {
            await database.WriteAsync(db => RemovedIds.Outdated(db, now).Where(m => m.RoomId == roomId).ExecuteDeleteAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ForgetAuditAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow() - audit.Value.KeepFor;
        if (await database.ReadAsync(db => db.Audit.AnyAsync(e => e.At < old, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            await database.WriteAsync(db => db.Audit.Where(e => e.At < old).ExecuteDeleteAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> RemoveOfAsync(Guid roomId, long through, CancellationToken cancellationToken)
    {
        var total = 0L;
        var count = FirstSlice;
        while (true)
        {
            var wanted = count;
            var began = 0L;
            var removed = await database.WriteAsync(async db =>
            {
                began = time.GetTimestamp();
                var rows = await RemoveSliceAsync(db, roomId, through, wanted, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
                if (rows < wanted && through == RoomRow.Deleted)
                {
                    await db.Rooms.Where(r => r.Id == roomId && r.ClearedThrough == RoomRow.Deleted).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
                }

                return rows;
            }, cancellationToken).ConfigureAwait(false);
            // With the commit and the checkpoint of the log, which take longer than the statements: others wait for them, too.
            var took = time.GetElapsedTime(began);
            total += removed;
            if (removed < wanted)
            {
                return total;
            }

            // Messages differ in size, and machines in speed.
            count = took > SliceTime ? Math.Max(1, count / 2) : took < SliceTime / 2 ? Math.Min(LargestSlice, count * 2) : count;
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} messages that had been cleared or deleted with room {RoomId}.")]
    private partial void LogRemoved(long count, Guid roomId);

    [LoggerMessage(LogLevel.Warning, "Cleared or deleted messages could not be removed yet. They stay hidden, and removing them will be retried.")]
    private partial void LogFailed(Exception exception);
}
