using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Brings the write-ahead log into the database in place of SQLite's own automatic way, so that each log begins with a mark: a
/// random number in the file's header (<c>user_version</c>, after the one before it in <c>application_id</c>). By these a start
/// knows a log that belongs to another file. Holds a connection as long as the application runs, so that no other is the last
/// one, whose end would bring in the log without a mark. Used by one writer at a time.
/// </summary>
internal sealed partial class SqliteWal(string connectionString, ILogger<SqliteWal> logger) : IDisposable
{
    /// <summary>Size in bytes from which a log is brought in: that of SQLite's own rule, 1,000 pages.</summary>
    public const long MaxLength = 1_000 * 4_120;

    private SqliteConnection? _connection;
    private string _path = "";
    private int _mark;

    /// <summary>Brings in what an earlier process left, and begins a log. After this, nobody but <see cref="AfterWrite"/> ends it.</summary>
    public void Open()
    {
        _connection = new SqliteConnection(connectionString);
        _path = _connection.DataSource + "-wal";
        _connection.Open();
        Execute("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL");
        _mark = (int)(long)Execute("PRAGMA user_version")!;
        if (_mark == 0)
        {
            // The file itself gets one first: a log that follows no mark would follow any file without one.
            Checkpoint();
            Mark();
        }

        Checkpoint();
        Mark();
    }

    /// <summary>To be called when a write is stored. What fails here is logged: the write is stored all the same.</summary>
    public void AfterWrite()
    {
        if (_connection is null || new FileInfo(_path) is not { Exists: true, Length: > MaxLength })
        {
            return;
        }

        try
        {
            Checkpoint();
            // Whether or not a reader kept it from the log's end: with a page in the log that is not in the file, SQLite
            // begins no new one before this has been here again.
            Mark();
        }
        catch (SqliteException e)
        {
            LogFailed(e);
        }
    }

    /// <summary>Writes something small, to see whether writes work.</summary>
    /// <param name="times">How many times.</param>
    /// <exception cref="SqliteException">They do not.</exception>
    public void Probe(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={_mark}"));
        }
    }

    /// <summary>Leaves the database in one file.</summary>
    public void Dispose()
    {
        if (_connection is null)
        {
            return;
        }

        SqliteConnection.ClearPool(_connection);
        // Its end is the last connection's: SQLite brings the log in and removes it.
        _connection.Dispose();
        _connection = null;
    }

    // TRUNCATE, so that the file's length says how much is in the log. Does not wait for readers: the next write tries again.
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
        // Writes of people wait behind this one: not for as long as they would themselves.
        command.CommandTimeout = 2;
        return command.ExecuteScalar();
    }

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be brought into the database. It is tried again with the next write.")]
    private partial void LogFailed(Exception exception);
}
