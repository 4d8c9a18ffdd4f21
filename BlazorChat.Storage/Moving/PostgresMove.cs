using System.Data;
using System.Xml.Linq;
using BlazorChat.Storage.Postgres;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Moving;

/// <summary>A PostgreSQL database as one end of a move.</summary>
internal sealed class PostgresMove : IMoveSource, IMoveTarget, IAsyncDisposable
{
    // Guards against the loss of the connection that holds the lock, noticed or not: until the move has ended, no other process writes
    // or starts. Takes no snapshot, so that the move sees the writes that this waited for. If this machine vanishes, the server soon
    // releases the lock.
    private const string Keep =
        """
        SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 3;
        LOCK TABLE "Ownership" IN EXCLUSIVE MODE
        """;

    private const string ContinueOutbox =
        """SELECT setval(pg_get_serial_sequence('"Outbox"', 'Position'), (SELECT COALESCE(MAX("Position"), 0) + 1 FROM "Outbox"), false)""";

    private readonly IHost _services;

    /// <exception cref="StartException">The connection string cannot be used.</exception>
    /// <param name="builder">Receives the database's services.</param>
    /// <param name="build">Builds the host.</param>
    /// <param name="connectionString">The connection string.</param>
    public PostgresMove(IHostApplicationBuilder builder, Func<IHost> build, string connectionString)
    {
        PostgresServices.Add(builder, connectionString);
        builder.Services.AddSingleton(TimeProvider.System);
        // The host never runs; only its services are used.
        _services = build();
    }

    public Task<ChatDbContext> OpenAsync(CancellationToken cancellationToken) => TellingAsync<ChatDbContext>(async () =>
    {
        var (database, applied) = await TakeAsync(cancellationToken).ConfigureAwait(false);
        if (applied.Count == database.Database.GetMigrations().Count())
        {
            try
            {
                // One snapshot for all reads. Ends with the context.
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
            ? "The database in the setting Database:ConnectionString is from an earlier version of BlazorChat. Please start this version on it once."
            : "The database in the setting Database:ConnectionString has no BlazorChat data.");
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
                // New entries come after the copied ones.
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
            throw new StartException("The database in the setting Database:ConnectionString is not empty: it has rooms or keys. Nothing was changed.");
        }
    }

    // Only the message is printed, because the exception itself may name the server and the user.
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
