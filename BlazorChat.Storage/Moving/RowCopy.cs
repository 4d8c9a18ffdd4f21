using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Moving;

/// <summary>Copies the rows of one database into another, in batches of limited number and size.</summary>
internal static class RowCopy
{
    private const int MaxRows = 500;

    private const long MaxCharacters = 4_000_000;

    /// <summary>The row types that both databases have, ordered so that referenced rows come first.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [typeof(RoomRow), typeof(MemberRow), typeof(RoomInviteRow), typeof(RoomInviteUseRow), typeof(MessageRow), typeof(TurnRow), typeof(JournalRow), typeof(MessageVersionRow), typeof(BlobRow), typeof(StepRow), typeof(OutboxRow), typeof(OutboxPositionRow), typeof(LeaverRow), typeof(RemovedMessageRow), typeof(RoomRemovalRow), typeof(AuditRow), typeof(PersonRow), typeof(SessionRow), typeof(OneTimeLinkRow), typeof(ExternalLoginRow), typeof(GroupRoleRow), typeof(PasskeyRow)];

    /// <summary>Copies everything.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The target, with a transaction begun.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    public static async Task<MoveCounts> RunAsync(ChatDbContext from, ChatDbContext to, CancellationToken cancellationToken)
    {
        to.ChangeTracker.AutoDetectChangesEnabled = false;
        var rooms = await CopyAsync<RoomRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        var messages = await CopyAsync<MessageRow>(from, to, row => row.Parts.Length, cancellationToken).ConfigureAwait(false);
        var others = await CopyAsync<MemberRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<RoomInviteRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<RoomInviteUseRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<TurnRow>(from, to, row => row.Request?.Length ?? 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<JournalRow>(from, to, row => row.Text.Length, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<MessageVersionRow>(from, to, row => row.Parts.Length, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<BlobRow>(from, to, row => row.Content.Length, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<StepRow>(from, to, row => row.Content.Length, cancellationToken).ConfigureAwait(false);
        var entries = await CopyAsync<OutboxRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += entries + await CopyAsync<OutboxPositionRow>(from, to, row =>
        {
            // Every consumer has taken everything, so positions start again in the other database.
            row.Position = entries == 0 ? 0 : row.Position;
            return 0;
        }, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<LeaverRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<RemovedMessageRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<RoomRemovalRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<AuditRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<PersonRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<SessionRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<OneTimeLinkRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<ExternalLoginRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<GroupRoleRow>(from, to, _ => 0, cancellationToken).ConfigureAwait(false);
        others += await CopyAsync<PasskeyRow>(from, to, row => row.PublicKey.Length, cancellationToken).ConfigureAwait(false);
        return new MoveCounts(rooms, messages, others);
    }

    /// <summary>Whether a database has a row of any of <see cref="Types"/>.</summary>
    public static async Task<bool> HasRowsAsync(ChatDbContext database, CancellationToken cancellationToken) =>
        await database.Rooms.AnyAsync(cancellationToken).ConfigureAwait(false)
        // Outbox entries can outlive their room; all other rows belong to a room or a person.
        || await database.Outbox.AnyAsync(cancellationToken).ConfigureAwait(false)
        || await database.OutboxPositions.AnyAsync(cancellationToken).ConfigureAwait(false)
        || await database.Leavers.AnyAsync(cancellationToken).ConfigureAwait(false)
        || await database.Audit.AnyAsync(cancellationToken).ConfigureAwait(false)
        || await database.People.AnyAsync(cancellationToken).ConfigureAwait(false)
        || await database.OneTimeLinks.AnyAsync(cancellationToken).ConfigureAwait(false);

    private static async Task<long> CopyAsync<T>(ChatDbContext from, ChatDbContext to, Func<T, long> weigh, CancellationToken cancellationToken)
        where T : class
    {
        var (all, rows, weight) = (0L, 0, 0L);
        await foreach (var row in from.Set<T>().AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            to.Add(row);
            all++;
            rows++;
            weight += weigh(row);
            if (rows >= MaxRows || weight >= MaxCharacters)
            {
                await SaveAsync().ConfigureAwait(false);
            }
        }

        await SaveAsync().ConfigureAwait(false);
        return all;

        async Task SaveAsync()
        {
            await to.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            to.ChangeTracker.Clear();
            (rows, weight) = (0, 0);
        }
    }
}
