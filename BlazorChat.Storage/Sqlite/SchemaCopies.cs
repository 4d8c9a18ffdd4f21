using Microsoft.Data.Sqlite;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Copies of the database from before its schema changed, in the folder <c>copies</c> of the data folder, each named by the last
/// migration that it has. One is made per schema, once: what a start finds after a migration that failed or was killed is never
/// taken for it.
/// </summary>
internal sealed partial class SchemaCopies(string dataFolder, ILogger logger)
{
    /// <summary>So many are kept, the newest schemas.</summary>
    public const int MaxKept = 3;

    private const string Unfinished = ".unfinished";

    private readonly string _folder = Path.Combine(dataFolder, "copies");

    /// <summary>The copy of a schema, made or to be made.</summary>
    /// <param name="migration">The last migration that it has.</param>
    public string PathOf(string migration) => Path.Combine(_folder, migration + ".db");

    /// <summary>Copies a database, unless there is a copy of its schema.</summary>
    /// <exception cref="StartException">It could not be copied; there is no half copy.</exception>
    public void Make(SqliteInspection database)
    {
        var file = PathOf(database.Applied[^1]);
        if (File.Exists(file))
        {
            return;
        }

        try
        {
            SqliteServices.CreateFolderPrivately(_folder);
            // One that a killed start left.
            File.Delete(file + Unfinished);
            var free = new DriveInfo(dataFolder).AvailableFreeSpace;
            if (free < database.Length + DataFolderCheck.MinFree)
            {
                throw NoRoom(database.Length, null);
            }

            SqliteServices.CreatePrivately(file + Unfinished);
            database.CopyTo(file + Unfinished);
            using (var stream = new FileStream(file + Unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Flush(flushToDisk: true);
            }

            File.Move(file + Unfinished, file);
            LogCopied(file);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            TryDelete(file + Unfinished);
            throw e is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } ? NoRoom(database.Length, e) : new StartException(
                $"The database could not be copied to {file}, in the folder that the setting DataFolder names, before its upgrade: {e.Message.TrimEnd('.')}. Nothing was changed.", e);
        }
    }

    /// <summary>Removes the copies of the oldest schemas. What cannot be removed is left for the next upgrade.</summary>
    public void Prune()
    {
        if (Directory.Exists(_folder))
        {
            // Ids of migrations begin with their time.
            foreach (var file in Directory.GetFiles(_folder, "*.db").Order(StringComparer.Ordinal).SkipLast(MaxKept))
            {
                TryDelete(file);
            }
        }
    }

    private StartException NoRoom(long length, Exception? e) => new(
        $"The disk of the folder that the setting DataFolder names, {dataFolder}, has no room for a copy of the database ({(length + 999_999) / 1_000_000} MB), which is made before an upgrade. Nothing was changed.",
        e!);

    private void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogLeft(file, e);
        }
    }

    [LoggerMessage(LogLevel.Information, "The database was copied to {File} before its upgrade.")]
    private partial void LogCopied(string file);

    [LoggerMessage(LogLevel.Warning, "The file {File} could not be removed.")]
    private partial void LogLeft(string file, Exception exception);
}
