using System.Data;
using System.Xml.Linq;
using BlazorChat.Storage.Postgres;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Moving;

/// <summary>A PostgreSQL database as one end of a move.</summary>
internal sealed class PostgresMove : IMoveSource, IMoveTarget, IAsyncDisposable
{
    // Should the connection with the lock be lost, now or without a word before: nobody else writes, or starts, until the move has
    // ended. Takes no state, so that what it has waited for is seen. When this machine vanishes, the server lets go soon.
    private const string Keep =
        """
        SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 3;
        LOCK TABLE "Ownership" IN EXCLUSIVE MODE
        """;

    private const string ContinueOutbox =
        """SELECT setval(pg_get_serial_sequence('"Outbox"', 'Position'), (SELECT COALESCE(MAX("Position"), 0) + 1 FROM "Outbox"), false)""";

    private readonly IHost _services;

    /// <exception cref="StartException">The connection string cannot be used.</exception>
    /// <param name="builder">Gets the database's services.</param>
    /// <param name="build">Builds it.</param>
    /// <param name="connectionString">Where the database is.</param>
    public PostgresMove(IHostApplicationBuilder builder, Func<IHost> build, string connectionString)
    {
        PostgresServices.Add(builder, connectionString);
        builder.Services.AddSingleton(TimeProvider.System);
        // Never run: only what it has registered is used.
        _services = build();
    }

    public Task<ChatDbContext> OpenAsync(CancellationToken cancellationToken) => TellingAsync<ChatDbContext>(async () =>
    {
        var (database, applied) = await TakeAsync(cancellationToken).ConfigureAwait(false);
        if (applied.Count == database.Database.GetMigrations().Count())
        {
            try
            {
                // All of one moment. Ends with the context.
                await database.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
                await database.Database.ExecuteSqlRawAsync(Keep, cancellationToken).ConfigureAwait(false);
                return database;
            }
            catch
            {
                await database.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        await database.DisposeAsync().ConfigureAwait(false);
        throw new StartException(applied.Count > 0
            ? "The database that the setting Database:ConnectionString names is an earlier version's. Please start this version on it once."
            : "The database that the setting Database:ConnectionString names has nothing of BlazorChat.");
    });

    public Task<IReadOnlyList<ProtectionKey>> ReadKeysAsync(CancellationToken cancellationToken) => TellingAsync<IReadOnlyList<ProtectionKey>>(async () =>
    {
        var database = Context();
        await using (database.ConfigureAwait(false))
        {
            var keys = await database.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
            return [.. keys.Where(key => key.Xml is not null).Select(key => new ProtectionKey(key.FriendlyName ?? "", XElement.Parse(key.Xml!)))];
        }
    });

    public Task<MoveCounts> WriteAsync(IReadOnlyList<ProtectionKey> keys, Func<ChatDbContext, Task<MoveCounts>> copy, CancellationToken cancellationToken) => TellingAsync(async () =>
    {
        var (database, applied) = await TakeAsync(cancellationToken).ConfigureAwait(false);
        await using (database.ConfigureAwait(false))
        {
            if (applied.Count > 0)
            {
                await RefuseRowsAsync(database, cancellationToken).ConfigureAwait(false);
            }

            await PostgresDatabase.MigrateAsync(database, cancellationToken).ConfigureAwait(false);
            var transaction = await database.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await database.Database.ExecuteSqlRawAsync(Keep, cancellationToken).ConfigureAwait(false);
                await RefuseRowsAsync(database, cancellationToken).ConfigureAwait(false);
                var counts = await copy(database).ConfigureAwait(false);
                // What comes next stands behind what was copied.
                await database.Database.ExecuteSqlRawAsync(ContinueOutbox, cancellationToken).ConfigureAwait(false);
                database.DataProtectionKeys.AddRange(keys.Select(key => new DataProtectionKey { FriendlyName = key.Name, Xml = key.Xml.ToString(SaveOptions.DisableFormatting) }));
                await database.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return counts;
            }
        }
    });

    public ValueTask DisposeAsync()
    {
        if (_services is IAsyncDisposable disposable)
        {
            return disposable.DisposeAsync();
        }

        _services.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task RefuseRowsAsync(PostgresChatDbContext database, CancellationToken cancellationToken)
    {
        if (await RowCopy.HasRowsAsync(database, cancellationToken).ConfigureAwait(false) || await database.DataProtectionKeys.AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new StartException("The database that the setting Database:ConnectionString names is not empty: it has rooms or keys. Nothing was changed.");
        }
    }

    // What the exception says may name the server and the user: only the sentence is printed.
    private static async Task<T> TellingAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException || e.InnerException is Npgsql.NpgsqlException)
        {
            throw new StartException(PostgresFailures.Message(e), e);
        }
    }

    private async Task<(PostgresChatDbContext Database, IReadOnlyList<string> Applied)> TakeAsync(CancellationToken cancellationToken)
    {
        await _services.Services.GetRequiredService<PostgresLock>().TakeAsync(cancellationToken).ConfigureAwait(false);
        var database = Context();
        try
        {
            return (database, await PostgresDatabase.CheckAsync(database, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private PostgresChatDbContext Context() => _services.Services.GetRequiredService<IDbContextFactory<PostgresChatDbContext>>().CreateDbContext();
}
