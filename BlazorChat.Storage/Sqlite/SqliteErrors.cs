using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorChat.Storage.Sqlite;

/// <summary>Turns SQLite's errors into messages for operators.</summary>
internal static class SqliteErrors
{
    /// <summary>The message for a start that failed with a SQLite error, or null when there is none among the exceptions.</summary>
    public static StartException? Of(string folder, Exception thrown)
    {
        for (var e = thrown; e is not null; e = e.InnerException)
        {
            if (e is StartException known)
            {
                return known;
            }

            if (e is SqliteException sqlite)
            {
                return Of(folder, sqlite);
            }
        }

        return null;
    }

    private static StartException Of(string folder, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => DataFolderCheck.Full(folder),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
            $"The database in the folder {folder} (setting DataFolder) is in use by another process.", e),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => new(
            $"The database in the folder {folder} (setting DataFolder) cannot be written: the permissions of the file or the folder do not allow it.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(folder, e.Message),
        _ => new($"The database in the folder {folder} (setting DataFolder) could not be used: {e.Message.TrimEnd('.')}.", e),
    };

    public static StartException Damaged(string folder, string what) => new(
        $"The database in the folder {folder} (setting DataFolder) is damaged ({what.TrimEnd('.')}). Please restore a backup; nothing was changed.");
}
