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
                // Before a migration: a process that was cut off in silence must not write into a schema that changes.
                var epoch = isNew ? 0 : await CountOnAsync(context, cancellationToken).ConfigureAwait(false);
                // As with SQLite: most starts have nothing to do here.
                if (context.Database.GetMigrations().Except(applied, StringComparer.Ordinal).Any())
                {
                    // One that rewrites a large table takes as long as it takes.
                    context.Database.SetCommandTimeout(0);
                    await MigrateAsync(context, cancellationToken).ConfigureAwait(false);
                }

                processLock.Watch(isNew ? await CountOnAsync(context, cancellationToken).ConfigureAwait(false) : epoch);
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
#pragma warning disable MA0054 // Without the failure itself: it names users and databases.
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
            throw new StorageUnavailableException("Whether the last change was stored is not known before the next start.", e);
        }
    }

    /// <returns>Null when it is not known yet: it still runs, or the server cannot be asked.</returns>
    private async Task<bool?> StatusAsync(long transaction)
    {
        try
        {
            var context = await contexts.CreateDbContextAsync(lifetime.ApplicationStopped).ConfigureAwait(false);
            await using (context.ConfigureAwait(false))
            {
                // A standby may not have it yet.
                var status = await context.Database
                    .SqlQuery<string?>($"""SELECT CASE WHEN pg_is_in_recovery() THEN 'in progress' ELSE txid_status({transaction}) END AS "Value" """)
                    .SingleAsync(lifetime.ApplicationStopped).ConfigureAwait(false);
                return status is "in progress" ? null : status is "committed";
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidParameterValue)
        {
            // "In the future": a server that took over from the one that had it, and never got it.
            return false;
        }
        catch (DbException)
        {
            return null;
        }
    }

    public Exception Tellable(Exception failure) => PostgresFailures.Tellable(failure);

    // The server looks after its own log.
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

    // Without the failure itself: it names users and databases.
    public StartException? ErrorFor(Exception thrown) => thrown switch
    {
        StartException told => told,
        _ when PostgresFailures.IsFailure(thrown) => new StartException(PostgresFailures.Message(thrown)),
        _ => null,
    };

    // Waits for a transaction of the process before this one that still runs; none of its later ones passes.
    private static async Task<long> CountOnAsync(PostgresChatDbContext context, CancellationToken cancellationToken) =>
        (await context.Database.SqlQueryRaw<long>("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1 RETURNING "Epoch" AS "Value" """)
            .ToListAsync(cancellationToken).ConfigureAwait(false)).Single();

    /// <returns>The migrations that it has.</returns>
    internal static async Task<IReadOnlyList<string>> CheckAsync(PostgresChatDbContext context, CancellationToken cancellationToken)
    {
        var encoding = await context.Database.SqlQueryRaw<string>("""SELECT current_setting('server_encoding') AS "Value" """).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (encoding is not ["UTF8"])
        {
            throw new StartException("The setting Database:ConnectionString names a database whose encoding is not UTF8, so it cannot hold every text.");
        }

        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        // The provider asks for the table's rows to see whether there is one, and a database that has none says no: an error in the log.
        var has = await context.Database.SqlQueryRaw<bool>("""SELECT to_regclass('"__EFMigrationsHistory"') IS NOT NULL AS "Value" """).ToListAsync(cancellationToken).ConfigureAwait(false);
        string[] applied = has is [true]
            ? [.. await context.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)]
            : [];
        return applied.All(known.Contains) ? applied
            : throw new StartException("The setting Database:ConnectionString names a database that a newer version of BlazorChat has changed. Please start that version.");
    }

    /// <summary>Brings the schema up to date.</summary>
    internal static async Task MigrateAsync(PostgresChatDbContext context, CancellationToken cancellationToken)
    {
        // It would be missed first, in the log as an error, and then made.
        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }
}
