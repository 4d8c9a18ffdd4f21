using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Applies the write-ahead log to the database in place of SQLite's automatic checkpoints, so that each log begins with a mark: a random
/// number in the file's header (<c>user_version</c>, with the previous mark in <c>application_id</c>). At start, the marks reveal a log
/// that belongs to another file. Holds a connection as long as the application runs, because closing the last connection would apply the
/// log without a mark. Used by one writer at a time.
/// </summary>
internal sealed partial class SqliteWal(string connectionString, ILogger<SqliteWal> logger) : IDisposable
{
    /// <summary>Log size in bytes from which it is applied: the default of SQLite, 1,000 pages.</summary>
    public const long MaxLength = 1_000 * 4_120;

    private SqliteConnection? _connection;
    private string _path = "";
    private int _mark;

    /// <summary>
    /// Applies the log of an earlier process and begins a new one. From then on only <see cref="AfterWrite"/> ends a log.
    /// </summary>
    public void Open()
    {
        _connection = new SqliteConnection(connectionString);
        _path = _connection.DataSource + "-wal";
        _connection.Open();
        Execute("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL");
        _mark = (int)(long)Execute("PRAGMA user_version")!;
        if (_mark == 0)
        {
            // The file itself needs a mark first: a log based on no mark would match any file without one.
            Checkpoint();
            Mark();
        }

        Checkpoint();
        Mark();
    }

    /// <summary>Call this after each stored write. Failures here are logged, since the write itself is stored.</summary>
    public void AfterWrite()
    {
        if (_connection is null || new FileInfo(_path) is not { Exists: true, Length: > MaxLength })
        {
            return;
        }

        try
        {
            Checkpoint();
            // Even if a reader kept the checkpoint from finishing: while the log has a page that is not in the file, SQLite begins no new
            // log before the next call.
            Mark();
        }
        catch (SqliteException e)
        {
            LogFailed(e);
        }
    }

    /// <summary>Tests whether writes work, with small writes.</summary>
    /// <param name="times">The number of writes.</param>
    /// <exception cref="SqliteException">A write failed.</exception>
    public void Probe(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={_mark}"));
        }
    }

    /// <summary>Closes the database as a single file.</summary>
    public void Dispose()
    {
        if (_connection is null)
        {
            return;
        }

        SqliteConnection.ClearPool(_connection);
        // Closing the last connection makes SQLite apply the log and delete it.
        _connection.Dispose();
        _connection = null;
    }

    // TRUNCATE, so that the file's length is the log's size. Does not wait for readers: the next write tries again.
    private void Checkpoint() => Execute("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)");

    private void Mark()
    {
        var next = _mark;
        while (next == _mark || next == 0)
        {
            next = RandomNumberGenerator.GetInt32(int.MaxValue);
        }

        Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"BEGIN IMMEDIATE; PRAGMA application_id={_mark}; PRAGMA user_version={next}; COMMIT"));
        _mark = next;
    }

    private object? Execute(string sql)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = sql;
        // People's writes wait behind this one, so it must time out sooner than they do.
        command.CommandTimeout = 2;
        return command.ExecuteScalar();
    }

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be applied to the database. The next write will retry it.")]
    private partial void LogFailed(Exception exception);
}
