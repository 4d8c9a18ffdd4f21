using System.Data.Common;
using System.Globalization;
using BlazorChat.Rooms;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>
/// Keeps a second process off the database, because its start would mark this process's running responses as interrupted. Uses an advisory
/// lock on a connection of its own, which the server releases however the process or the network ends. A process may lose that connection
/// without noticing, so each process also raises the database's epoch when it takes the lock, and each write transaction checks for its
/// process's epoch.
/// </summary>
internal sealed partial class PostgresLock(
    string connectionString, IEnumerable<IStorageObserver> observers, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PostgresLock> logger) : IAsyncDisposable
{
    /// <summary>"BlazorCh" as a number, so that it does not collide with other applications.</summary>
    internal const long Key = 0x426C617A6F724368;

    // The server releases the lock of a killed process within a moment.
    private static readonly TimeSpan TakeWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TakeAgainAfter = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetakeAfter = TimeSpan.FromSeconds(1);

    // How long a dead connection may go unnoticed, and how long the server may take to respond.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    // What was running at the loss must end within this time; tools and models that ignore their cancellation are abandoned. Extension code
    // that takes longer must not block all writes: no other process wrote in between, so its late writes are still consistent.
    internal static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    // Typed as .NET's base class here and below: a field of Npgsql's type would load that assembly when EF looks for migrations.
    private DbConnection? _connection;
    private Task _watching = Task.CompletedTask;
    private long _epoch;
    private volatile bool _isHeld;

    /// <summary>Whether this process may write.</summary>
    public bool IsHeld => _isHeld;

    /// <exception cref="StartException">Another process has it.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        _connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        while (!await TryLockAsync(_connection, cancellationToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(began) > TakeWithin)
            {
                throw InUse();
            }

            await Task.Delay(TakeAgainAfter, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>See <see cref="PostgresServices.TakeAsync"/>.</summary>
    internal static async Task<IAsyncDisposable> TakeForCommandAsync(string connectionString, CancellationToken cancellationToken)
    {
        DbConnection connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (await TryLockAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                return connection;
            }
        }
        catch (Exception e) when (IsLoss(e) && !cancellationToken.IsCancellationRequested)
        {
            return connection;
        }

        await CloseAsync(connection).ConfigureAwait(false);
        throw InUse();
    }

    /// <summary>Starts watching the lock. This process may write for as long as it holds it.</summary>
    /// <param name="epoch">The epoch that this process began.</param>
    public void Watch(long epoch)
    {
        _epoch = epoch;
        _isHeld = true;
        _watching = Task.Run(() => WatchAsync(_connection!, _stopping.Token));
    }

    /// <summary>See <see cref="IDatabaseProvider.EnsureOwnedAsync"/>.</summary>
    public async Task<long> EnsureOwnedAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (!_isHeld)
        {
            throw NotOwned();
        }

        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.Transaction = transaction;
        // A transaction of a process that left the network must not block the next process for long.
        command.CommandText = """SET LOCAL idle_in_transaction_session_timeout = '30s'; SELECT "Epoch", txid_current() FROM "Ownership" FOR SHARE""";
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.GetInt64(0) == _epoch ? reader.GetInt64(1) : throw NotOwned();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task WatchAsync(DbConnection connection, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await UntilLostAsync(connection, stopping).ConfigureAwait(false);
                _isHeld = false;
                LogLost();
                Tell(static observer => observer.OnStorageLost());
                if (await RetakeAsync(stopping).ConfigureAwait(false) is not { } again)
                {
                    LogTaken();
                    lifetime.StopApplication();
                    return;
                }

                _connection = connection = again;
                await UntilEndedAsync(stopping).ConfigureAwait(false);
                // Told first, so that work started by the first write is not ended for a loss that is over.
                Tell(static observer => observer.OnStorageBack());
                _isHeld = true;
                LogBack();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends, and the lock with it.
        }
    }

    private async Task UntilEndedAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll(observers.Select(static observer => observer.UntilEndedAsync())).WaitAsync(EndWithin, time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotEnded(EndWithin);
        }
    }

    private void Tell(Action<IStorageObserver> tell)
    {
        foreach (var observer in observers)
        {
            tell(observer);
        }
    }

    private async Task UntilLostAsync(DbConnection connection, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                // Returns at once when the server closes the connection; a connection that dies silently is found by the query.
                await ((NpgsqlConnection)connection).WaitAsync(AskEvery, stopping).ConfigureAwait(false);
                await ScalarAsync(connection, "SELECT 1", stopping).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsLoss(e) && !stopping.IsCancellationRequested)
        {
            LogReason(PostgresFailures.Tellable(e));
        }

        await CloseAsync(connection).ConfigureAwait(false);
    }

    /// <returns>The connection that holds the lock again, or null when another process has held it since.</returns>
    private async Task<DbConnection?> RetakeAsync(CancellationToken stopping)
    {
        while (true)
        {
            DbConnection? connection = null;
            try
            {
                connection = await OpenAsync(stopping).ConfigureAwait(false);
                var locked = await TryLockAsync(connection, stopping).ConfigureAwait(false);
                // Read after taking the lock, so that no other process raises the epoch from here on. If the lock was not free, its holder
                // may be this process's own old connection, which the server still considers alive. A missing row means that the database
                // was emptied, so it belongs to no one.
                if (await ScalarAsync(connection, """SELECT "Epoch" FROM "Ownership" """, stopping).ConfigureAwait(false) is not long epoch || epoch != _epoch)
                {
                    await CloseAsync(connection).ConfigureAwait(false);
                    return null;
                }

                if (locked)
                {
                    return connection;
                }

                await CloseAsync(connection).ConfigureAwait(false);
            }
            catch (Exception e) when (IsLoss(e) && !stopping.IsCancellationRequested)
            {
                LogNotBack(PostgresFailures.Tellable(e));
                await CloseAsync(connection).ConfigureAwait(false);
            }

            await Task.Delay(RetakeAfter, time, stopping).ConfigureAwait(false);
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        DbConnection connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            // If this machine vanishes, the server must not hold the lock for the usual two hours.
            await ScalarAsync(
                connection, "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET idle_session_timeout = 0", cancellationToken)
                .ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await CloseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> TryLockAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({Key})"), cancellationToken).ConfigureAwait(false) is true;

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task CloseAsync(DbConnection? connection)
    {
        if (connection is not null)
        {
            try
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (IsLoss(e))
            {
                // The connection is gone either way.
            }
        }
    }

    private static bool IsLoss(Exception e) => e is DbException or TimeoutException or IOException or InvalidOperationException or OperationCanceledException;

    private static StartException InUse() => new("The database that the setting Database:ConnectionString names is in use by another BlazorChat process.");

    private static StorageUnavailableException NotOwned() => new("This process no longer holds the database's lock.");

    [LoggerMessage(LogLevel.Error, "The connection that holds the database's lock is lost. Running responses end, and nothing is written until it is back.")]
    private partial void LogLost();

    [LoggerMessage(LogLevel.Error, "The connection that holds the database's lock broke.")]
    private partial void LogReason(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database's lock could not be taken again yet; this will be retried.")]
    private partial void LogNotBack(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Responses that were running when the database's lock was lost did not end within {Time}; writing resumes anyway.")]
    private partial void LogNotEnded(TimeSpan time);

    [LoggerMessage(LogLevel.Information, "The database's lock is held again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Critical, "Another BlazorChat process has taken over the database, so this process stops.")]
    private partial void LogTaken();
}
