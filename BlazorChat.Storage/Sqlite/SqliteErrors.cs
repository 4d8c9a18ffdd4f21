using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorChat.Storage.Sqlite;

/// <summary>What SQLite's errors mean to an operator.</summary>
internal static class SqliteErrors
{
    /// <summary>The sentence for a start that SQLite's error ended, or null when no error of SQLite is among what was thrown.</summary>
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
            $"The database in the folder that the setting DataFolder names, {folder}, is in use by another process.", e),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => new(
            $"The database in the folder that the setting DataFolder names, {folder}, cannot be written: its permissions or those of the folder do not allow it.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(folder, e.Message),
        _ => new($"The database in the folder that the setting DataFolder names, {folder}, could not be used: {e.Message.TrimEnd('.')}.", e),
    };

    public static StartException Damaged(string folder, string what) => new(
        $"The database in the folder that the setting DataFolder names, {folder}, is damaged ({what.TrimEnd('.')}). Please restore a backup; nothing was changed.");
}
