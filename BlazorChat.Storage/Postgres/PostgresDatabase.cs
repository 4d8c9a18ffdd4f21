using System.Data.Common;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresDatabase(
    IDbContextFactory<PostgresChatDbContext> contexts, PostgresLock processLock, IHostApplicationLifetime lifetime, TimeProvider time) : IDatabaseProvider
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await processLock.TakeAsync(cancellationToken).ConfigureAwait(false);
            var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using (context.ConfigureAwait(false))
            {
                var applied = await CheckAsync(context, cancellationToken).ConfigureAwait(false);
                var isNew = applied.Count == 0;
                // Before a migration, so that a process that lost its connection unnoticed cannot write into a changing schema.
                var epoch = isNew ? 0 : await CountOnAsync(context, cancellationToken).ConfigureAwait(false);
                // As with SQLite, most starts have no migration to apply.
                if (context.Database.GetMigrations().Except(applied, StringComparer.Ordinal).Any())
                {
                    // Rewriting a large table may take any time.
                    context.Database.SetCommandTimeout(0);
                    await MigrateAsync(context, cancellationToken).ConfigureAwait(false);
                }

                processLock.Watch(isNew ? await CountOnAsync(context, cancellationToken).ConfigureAwait(false) : epoch);
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
#pragma warning disable MA0054 // Without the exception, which names users and databases.
            throw new StartException(PostgresFailures.Message(e));
#pragma warning restore MA0054
        }
    }

    public Task<long> EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken) =>
        processLock.EnsureOwnedAsync(transaction.Database.GetDbConnection(), transaction.Database.CurrentTransaction!.GetDbTransaction(), cancellationToken);

    public async Task<bool> IsStoredAsync(long transaction)
    {
        try
        {
            while (true)
            {
                if (await StatusAsync(transaction).ConfigureAwait(false) is { } isStored)
                {
                    return isStored;
                }

                await Task.Delay(AskAgainAfter, time, lifetime.ApplicationStopped).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new StorageUnavailableException("The next start will show whether the last change was stored.", e);
        }
    }

    /// <returns>Null when it is not yet known: the transaction still runs, or the server cannot be asked.</returns>
    private async Task<bool?> StatusAsync(long transaction)
    {
        try
        {
            var context = await contexts.CreateDbContextAsync(lifetime.ApplicationStopped).ConfigureAwait(false);
            await using (context.ConfigureAwait(false))
            {
                // A standby may not have received it yet.
                var status = await context.Database
                    .SqlQuery<string?>($"""SELECT CASE WHEN pg_is_in_recovery() THEN 'in progress' ELSE txid_status({transaction}) END AS "Value" """)
                    .SingleAsync(lifetime.ApplicationStopped).ConfigureAwait(false);
                return status is "in progress" ? null : status is "committed";
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidParameterValue)
        {
            // "In the future": another server took over without ever having received the transaction.
            return false;
        }
        catch (DbException)
        {
            return null;
        }
    }

    public Exception Tellable(Exception failure) => PostgresFailures.Tellable(failure);

    // The server maintains its own log.
    public void AfterWrite()
    {
    }

    public async Task ProbeAsync(bool isFailing, CancellationToken cancellationToken)
    {
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = transaction.ConfigureAwait(false);
            await EnsureOwnedAsync(context, cancellationToken).ConfigureAwait(false);
            await context.Database.ExecuteSqlRawAsync("""UPDATE "Ownership" SET "Epoch" = "Epoch" """, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Without the exception, which names users and databases.
    public StartException? ErrorFor(Exception thrown) => thrown switch
    {
        StartException told => told,
        _ when PostgresFailures.IsFailure(thrown) => new StartException(PostgresFailures.Message(thrown)),
        _ => null,
    };

    // Waits for a running transaction of the previous process; its later transactions fail.
    private static async Task<long> CountOnAsync(PostgresChatDbContext context, CancellationToken cancellationToken) =>
        (await context.Database.SqlQueryRaw<long>("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1 RETURNING "Epoch" AS "Value" """)
            .ToListAsync(cancellationToken).ConfigureAwait(false)).Single();

    /// <returns>The applied migrations.</returns>
    internal static async Task<IReadOnlyList<string>> CheckAsync(PostgresChatDbContext context, CancellationToken cancellationToken)
    {
        var encoding = await context.Database.SqlQueryRaw<string>("""SELECT current_setting('server_encoding') AS "Value" """).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (encoding is not ["UTF8"])
        {
            throw new StartException("The database in the setting Database:ConnectionString does not use the encoding UTF8, so it cannot store all text.");
        }

        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        // Asks first because EF Core would query the table, and a missing one would be logged as an error.
        var has = await context.Database.SqlQueryRaw<bool>("""SELECT to_regclass('"__EFMigrationsHistory"') IS NOT NULL AS "Value" """).ToListAsync(cancellationToken).ConfigureAwait(false);
        string[] applied = has is [true]
            ? [.. await context.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)]
            : [];
        return applied.All(known.Contains) ? applied
            : throw new StartException("The database in the setting Database:ConnectionString was upgraded by a newer version of BlazorChat. Please start that version.");
    }

    /// <summary>Brings the schema up to date.</summary>
    internal static async Task MigrateAsync(PostgresChatDbContext context, CancellationToken cancellationToken)
    {
        // Otherwise EF Core would look for it first and log an error, and then make it.
        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }
}
