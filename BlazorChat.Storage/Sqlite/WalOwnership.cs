namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Whether a write-ahead log belongs to the database beside it. Nothing in SQLite's format ties the two together: it would bring
/// the pages of a killed process into an older copy of its database, and damage it without a word. Marks
/// (<see cref="SqliteWal"/>) do: each log begins by naming the mark that the file must have.
/// </summary>
internal static class WalOwnership
{
    /// <summary>Whether the log's changes are changes of this file.</summary>
    public static bool Belongs(SqliteHeader file, WalFile wal)
    {
        if (wal.PageSize != file.PageSize)
        {
            return false;
        }

        // A checkpoint was under way when the process ended: the file has the first page of one of the log's transactions.
        if (wal.Headers.Any(file.Matches))
        {
            return true;
        }

        if (wal.Headers is not [var first, ..])
        {
            // Only a version without marks leaves such a log; as its first page did not change, the size did not either.
            return file.Mark == 0 && file.Pages is { } pages && wal.SmallestSize == pages && wal.LargestSize == pages;
        }

        // SQLite counts changes by at most one from one first page to the next, and the database never shrinks here.
        if (first.ChangeCounter - file.ChangeCounter > 1 || first.Pages < file.Pages)
        {
            return false;
        }

        if (first.Mark != file.Mark)
        {
            // Writing a mark changes nothing else.
            return first.MarkBefore == file.Mark && first.SchemaCookie == file.SchemaCookie && first.Pages == file.Pages;
        }

        // Somebody who knows no marks wrote it: an earlier version, which may also have been changing the schema.
        return first.MarkBefore == file.MarkBefore && (first.SchemaCookie == file.SchemaCookie || (file.Mark == 0 && first.SchemaCookie > file.SchemaCookie));
    }
}
