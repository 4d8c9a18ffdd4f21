using Microsoft.Data.Sqlite;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Copies of the database from before schema changes, in the folder <c>copies</c> of the data folder. Each is named after the last
/// migration in it and made only once, so that the leftovers of a failed or killed migration never replace it.
/// </summary>
internal sealed partial class SchemaCopies(string dataFolder, ILogger logger)
{
    /// <summary>How many copies are kept, newest schemas first.</summary>
    public const int MaxKept = 3;

    private const string Unfinished = ".unfinished";

    private readonly string _folder = Path.Combine(dataFolder, "copies");

    /// <summary>The path of a schema's copy, whether it exists or not.</summary>
    /// <param name="migration">The last migration in it.</param>
    public string PathOf(string migration) => Path.Combine(_folder, migration + ".db");

    /// <summary>Copies a database, unless there is already a copy of its schema.</summary>
    /// <exception cref="StartException">It could not be copied; no partial copy is left.</exception>
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
            // A leftover of a killed start.
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
                $"The database could not be copied to {file} (inside the folder of the setting DataFolder) before its upgrade: {e.Message.TrimEnd('.')}. Nothing was changed.", e);
        }
    }

    /// <summary>Removes the copies of the oldest schemas. A copy that cannot be removed is left for the next upgrade.</summary>
    public void Prune()
    {
        if (Directory.Exists(_folder))
        {
            // Migration ids begin with a timestamp.
            foreach (var file in Directory.GetFiles(_folder, "*.db").Order(StringComparer.Ordinal).SkipLast(MaxKept))
            {
                TryDelete(file);
            }
        }
    }

    private StartException NoRoom(long length, Exception? e) => new(
        $"The disk of the folder {dataFolder} (setting DataFolder) has no space for the copy of the database ({(length + 999_999) / 1_000_000} MB) that is made before an upgrade. Nothing was changed.",
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
