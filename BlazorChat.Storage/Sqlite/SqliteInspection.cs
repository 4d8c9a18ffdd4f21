using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Looks at a stored database before the application uses it, without changing a byte of it or of the files beside it: alone
/// with it, with the index of its log in memory (no <c>-shm</c>), and without bringing in the log at the end.
/// </summary>
internal sealed class SqliteInspection : IDisposable
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, for which the library has no name.
    private const int NoCheckpointOnClose = 1006;

    private const string History = "__EFMigrationsHistory";

    /// <summary>How long the look at pages may take; a database that is too large for it is looked at as far as it gets.</summary>
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

    /// <summary>Ids of the migrations that were applied, oldest first; empty when the first one never was.</summary>
    public IReadOnlyList<string> Applied { get; private set; } = [];

    /// <summary>The connection that looks: open as long as this is.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Bytes of the database with what its log holds.</summary>
    public long Length { get; private set; }

    /// <summary>Looks at the database.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="file">The database in it.</param>
    /// <param name="known">Ids of the migrations that this version knows.</param>
    /// <returns>The database, to be copied perhaps; null when there is none yet.</returns>
    /// <exception cref="StartException">It cannot be used.</exception>
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

    /// <summary>Writes the database with what its log holds into another file.</summary>
    /// <exception cref="SqliteException">That did not work.</exception>
    public void CopyTo(string file)
    {
        using var command = _connection.CreateCommand();
        // As long as it takes.
        command.CommandTimeout = 0;
        command.CommandText = "VACUUM INTO $file";
        command.Parameters.AddWithValue("$file", file);
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _connection.Dispose();
        // SQLite has made one for a database without: it is left as it was found.
        if (!_hadLog && new FileInfo(_log) is { Exists: true, Length: 0 })
        {
            File.Delete(_log);
        }
    }

    // Not while a connection of this process is open: closing any file handle would take its locks away.
    private static void CheckFile(string folder, string file, WalFile? wal)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> start = stackalloc byte[SqliteHeader.Length];
        var header = SqliteHeader.Read(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)])
            ?? throw new StartException($"The file {file} in the folder that the setting DataFolder names is damaged or no database of SQLite. Please restore a backup; nothing was changed.");
        if (wal is not null && !WalOwnership.Belongs(header, wal))
        {
            throw Foreign(folder);
        }

        // What a log holds may lie beyond the file's end; SQLite looks at that below.
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
            // Too large to be looked at in full at each start.
        }
    }

    private void LookAtSchema(HashSet<string> known)
    {
        var tables = Texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        Applied = tables.Contains(History) ? Texts($"SELECT \"MigrationId\" FROM \"{History}\" ORDER BY \"MigrationId\"") : [];
        if (Applied.FirstOrDefault(id => !known.Contains(id)) is { } newer)
        {
            throw new StartException(
                $"The database in the folder that the setting DataFolder names, {_folder}, was last used by a newer version of BlazorChat (this one does not know its migration {newer}). "
                + "Please start that version, or restore a copy from before; nothing was changed.");
        }

        if (Applied.Count == 0 && tables.Exists(name => !name.StartsWith("__EF", StringComparison.Ordinal)))
        {
            throw new StartException(
                $"The database in the folder that the setting DataFolder names, {_folder}, is not BlazorChat's: it has other tables. Nothing was changed.");
        }
    }

    private static StartException Foreign(string folder) => new(
        $"In the folder that the setting DataFolder names, {folder}, the file blazorchat.db-wal does not belong to blazorchat.db, as happens when a backup is copied over a database "
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
