using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Inspects a stored database before the application uses it, without changing a byte of it or of the files beside it. It has the database
/// to itself, keeps the log's index in memory (no <c>-shm</c>), and does not apply the log when it closes.
/// </summary>
internal sealed class SqliteInspection : IDisposable
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, for which the library has no constant.
    public const int NoCheckpointOnClose = 1006;

    private const string History = "__EFMigrationsHistory";

    /// <summary>Time limit for checking pages. A database that is too large for it is checked in part.</summary>
    private static readonly TimeSpan MaxLook = TimeSpan.FromSeconds(1);

    private readonly SqliteConnection _connection;
    private readonly string _folder;
    private readonly string _log;
    private readonly bool _hadLog;

    private SqliteInspection(string folder, SqliteConnection connection)
    {
        _folder = folder;
        _connection = connection;
        _log = connection.DataSource + "-wal";
        _hadLog = File.Exists(_log);
    }

    /// <summary>Ids of the applied migrations, oldest first; empty when there are none.</summary>
    public IReadOnlyList<string> Applied { get; private set; } = [];

    /// <summary>The inspecting connection, open for this object's lifetime.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Size of the database in bytes, including its log.</summary>
    public long Length { get; private set; }

    /// <summary>Inspects the database.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="file">The database file in it.</param>
    /// <param name="known">Ids of the migrations that this version knows.</param>
    /// <returns>The inspection, from which a copy can be made; null when there is no database yet.</returns>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static SqliteInspection? Open(string folder, string file, IEnumerable<string> known)
    {
        try
        {
            var wal = WalFile.Read(file + "-wal");
            if (!File.Exists(file) || new FileInfo(file).Length == 0)
            {
                return wal is null ? null : throw Foreign(folder);
            }

            CheckFile(folder, file, wal);
            return OpenWithSqlite(folder, file, known, wal is { Headers: [{ Mark: 0 }, ..] or [] } ? null : MaxLook);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Of(folder, e)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolderCheck.ErrorFor(folder, e);
        }
    }

    /// <summary>Writes the database, including its log, into another file.</summary>
    /// <exception cref="SqliteException">The copy failed.</exception>
    public void CopyTo(string file)
    {
        using var command = _connection.CreateCommand();
        // No time limit.
        command.CommandTimeout = 0;
        command.CommandText = "VACUUM INTO $file";
        command.Parameters.AddWithValue("$file", file);
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _connection.Dispose();
        // SQLite makes an empty log for a database without one; removing it leaves the folder as it was found.
        if (!_hadLog && new FileInfo(_log) is { Exists: true, Length: 0 })
        {
            File.Delete(_log);
        }
    }

    // Not while a connection of this process is open: closing any file handle would release its locks.
    private static void CheckFile(string folder, string file, WalFile? wal)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> start = stackalloc byte[SqliteHeader.Length];
        var header = SqliteHeader.Read(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)])
            ?? throw new StartException($"The file {file} (inside the folder of the setting DataFolder) is damaged or is not a SQLite database. Please restore a backup; nothing was changed.");
        if (wal is not null && !WalOwnership.Belongs(header, wal))
        {
            throw Foreign(folder);
        }

        // With a log, the database may be larger than the file; SQLite checks that below.
        if (wal is null && header.Pages is { } pages && stream.Length < (long)pages * header.PageSize)
        {
            throw SqliteErrors.Damaged(folder, "its end is missing");
        }
    }

    private static SqliteInspection OpenWithSqlite(string folder, string file, IEnumerable<string> known, TimeSpan? longest)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 3,
        }.ConnectionString);
        var inspection = new SqliteInspection(folder, connection);
        try
        {
            connection.Open();
            raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, 1, out _);
            inspection.Execute("PRAGMA locking_mode=EXCLUSIVE");
            inspection.Execute("BEGIN EXCLUSIVE");
            inspection.Execute("ROLLBACK");
            inspection.LookAtPages(longest);
            inspection.LookAtSchema([.. known]);
            inspection.Length = inspection.Number("PRAGMA page_count") * inspection.Number("PRAGMA page_size");
            return inspection;
        }
        catch
        {
            inspection.Dispose();
            throw;
        }
    }

    private void LookAtPages(TimeSpan? longest)
    {
        using var command = _connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = "PRAGMA quick_check(1)";
        var handle = _connection.Handle!;
        using var end = longest is { } time ? new Timer(_ => raw.sqlite3_interrupt(handle), null, time, Timeout.InfiniteTimeSpan) : null;
        try
        {
            if (command.ExecuteScalar() is string said && said != "ok")
            {
                throw SqliteErrors.Damaged(_folder, said.ReplaceLineEndings(" "));
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            // Too large to be checked completely at each start.
        }
    }

    private void LookAtSchema(HashSet<string> known)
    {
        var tables = Texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        Applied = tables.Contains(History) ? Texts($"SELECT \"MigrationId\" FROM \"{History}\" ORDER BY \"MigrationId\"") : [];
        if (Applied.FirstOrDefault(id => !known.Contains(id)) is { } newer)
        {
            throw new StartException(
                $"The database in the folder {_folder} (setting DataFolder) was last used by a newer version of BlazorChat (this version does not know the migration {newer}). "
                + "Please start that version, or restore a copy from before; nothing was changed.");
        }

        if (Applied.Count == 0 && tables.Exists(name => !name.StartsWith("__EF", StringComparison.Ordinal)))
        {
            throw new StartException(
                $"The database in the folder {_folder} (setting DataFolder) belongs to another application: it has other tables. Nothing was changed.");
        }
    }

    private static StartException Foreign(string folder) => new(
        $"In the folder {folder} (setting DataFolder), the file blazorchat.db-wal does not belong to blazorchat.db. This happens when a backup is copied over a database "
        + "whose process was killed. Please move blazorchat.db-wal and blazorchat.db-shm away to use blazorchat.db as it is; nothing was changed.");

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private List<string> Texts(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}
