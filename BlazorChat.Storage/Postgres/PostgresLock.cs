using System.Data.Common;
using System.Globalization;
using BlazorChat.Rooms;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>
/// Keeps a second process off the database: its start would mark this one's running responses as interrupted. An advisory lock
/// on a connection of its own, which the server lets go of however the process or the network ends. Who loses that
/// connection may not know it at once, so each process also counts the database's epoch on when it takes it, and each
/// transaction that writes holds to its process's epoch.
/// </summary>
internal sealed partial class PostgresLock(
    string connectionString, IEnumerable<IStorageObserver> observers, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PostgresLock> logger) : IAsyncDisposable
{
    /// <summary>"BlazorCh" as a number: no other application's.</summary>
    internal const long Key = 0x426C617A6F724368;

    // A process that was killed is let go of in a moment.
    private static readonly TimeSpan TakeWithin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TakeAgainAfter = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetakeAfter = TimeSpan.FromSeconds(1);

    // How long a connection may be dead in silence before it is noticed, and how long the response may take.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    // What ran at a loss ends at once: tools and models that do not heed their end are left to themselves. Others' code that
    // holds it up all the same must not keep everybody from writing; nobody wrote in between, so what it still stores is of one piece.
    internal static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    // Of a type of .NET here and below: what holds Npgsql's in a field would have it loaded when EF looks for migrations.
    private DbConnection? _connection;
    private Task _watching = Task.CompletedTask;
    private long _epoch;
    private volatile bool _isHeld;

    /// <summary>Whether this process may write.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartException">Another process has it.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        _connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        while (!await TryLockAsync(_connection, cancellationToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(began) > TakeWithin)
            {
                throw new StartException("The database that the setting Database:ConnectionString names is in use by another BlazorChat process.");
            }

            await Task.Delay(TakeAgainAfter, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>From now on this process writes, for as long as the lock is held.</summary>
    /// <param name="epoch">The epoch that began with it.</param>
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
        // A transaction whose process has gone from the network must not hold up the next one for long.
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
                // Told first: what the first write lets begin must not be ended for a loss that is over.
                Tell(static observer => observer.OnStorageBack());
                _isHeld = true;
                LogBack();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends, and with it the lock.
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
                // Ends at once when the server closes it; what closes without a word is found by asking.
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

    /// <returns>The connection that holds the lock again, or null when another process had it since.</returns>
    private async Task<DbConnection?> RetakeAsync(CancellationToken stopping)
    {
        while (true)
        {
            DbConnection? connection = null;
            try
            {
                connection = await OpenAsync(stopping).ConfigureAwait(false);
                var locked = await TryLockAsync(connection, stopping).ConfigureAwait(false);
                // Read after the lock: nobody counts it on from here. Without the lock, it may be this process's own
                // connection that the server still believes in. Without the row the database is nobody's: somebody has emptied it.
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
            // When this machine vanishes, the server must not hold the lock for the two hours that are usual.
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
                // It is gone either way.
            }
        }
    }

    private static bool IsLoss(Exception e) => e is DbException or TimeoutException or IOException or InvalidOperationException or OperationCanceledException;

    private static StorageUnavailableException NotOwned() => new("This process does not hold the database's lock any more.");

    [LoggerMessage(LogLevel.Error, "The connection that holds the database's lock is lost. Running answers end, and nothing is written until it is back.")]
    private partial void LogLost();

    [LoggerMessage(LogLevel.Error, "The connection that holds the database's lock broke.")]
    private partial void LogReason(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database's lock could not be taken again; it is tried again.")]
    private partial void LogNotBack(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Answers that ran when the database's lock was lost have not ended within {Time}; writing begins all the same.")]
    private partial void LogNotEnded(TimeSpan time);

    [LoggerMessage(LogLevel.Information, "The database's lock is held again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Critical, "Another BlazorChat process has taken over the database, so this one ends.")]
    private partial void LogTaken();
}
