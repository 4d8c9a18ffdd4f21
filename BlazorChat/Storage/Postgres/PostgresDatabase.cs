using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BlazorChat.Storage.Postgres;

/// <inheritdoc />
internal sealed class PostgresDatabase(IDbContextFactory<PostgresChatDbContext> contexts, PostgresLock processLock) : IDatabaseProvider
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await processLock.TakeAsync(cancellationToken).ConfigureAwait(false);
            var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using (context.ConfigureAwait(false))
            {
                await CheckAsync(context, cancellationToken).ConfigureAwait(false);
                // A migration that rewrites a large table takes as long as it takes.
                context.Database.SetCommandTimeout(0);
                await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
                // Waits for a transaction of the process before this one that still runs; none of its later ones passes.
                var epoch = await context.Database.SqlQueryRaw<long>("""UPDATE "Ownership" SET "Epoch" = "Epoch" + 1 RETURNING "Epoch" AS "Value" """)
                    .ToListAsync(cancellationToken).ConfigureAwait(false);
                processLock.Watch(epoch.Single());
            }
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
#pragma warning disable MA0054 // Without the failure itself: it names users and databases.
            throw new StartException(PostgresFailures.Sentence(e));
#pragma warning restore MA0054
        }
    }

    public Task EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken) =>
        processLock.EnsureOwnedAsync(transaction.Database.GetDbConnection(), transaction.Database.CurrentTransaction!.GetDbTransaction(), cancellationToken);

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
            await context.Database.ExecuteSqlRawAsync("""UPDATE "Ownership" SET "Epoch" = "Epoch" """, cancellationToken).ConfigureAwait(false);
        }
    }

    // Without the failure itself: it names users and databases.
    public StartException? SentenceOf(Exception thrown) => thrown switch
    {
        StartException told => told,
        _ when PostgresFailures.IsFailure(thrown) => new StartException(PostgresFailures.Sentence(thrown)),
        _ => null,
    };

    internal static async Task CheckAsync(PostgresChatDbContext context, CancellationToken cancellationToken)
    {
        var encoding = await context.Database.SqlQueryRaw<string>("""SELECT current_setting('server_encoding') AS "Value" """).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (encoding is not ["UTF8"])
        {
            throw new StartException("The setting Database:ConnectionString names a database whose encoding is not UTF8, so it cannot hold every text.");
        }

        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        if ((await context.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any(applied => !known.Contains(applied)))
        {
            throw new StartException("The setting Database:ConnectionString names a database that a newer version of BlazorChat has changed. Please start that version.");
        }
    }
}
