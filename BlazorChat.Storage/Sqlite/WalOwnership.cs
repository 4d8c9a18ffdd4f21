namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Checks whether a write-ahead log belongs to the database beside it. SQLite's format does not connect the two: SQLite would apply the
/// pages of a killed process to an older copy of its database, and damage it silently. Marks (<see cref="SqliteWal"/>) connect them: each
/// log begins with the mark that the file must have.
/// </summary>
internal static class WalOwnership
{
    /// <summary>Whether the log's changes were made to this file.</summary>
    public static bool Belongs(SqliteHeader file, WalFile wal)
    {
        if (wal.PageSize != file.PageSize)
        {
            return false;
        }

        // The process ended during a checkpoint: the file already has the first page of one of the log's transactions.
        if (wal.Headers.Any(file.Matches))
        {
            return true;
        }

        if (wal.Headers is not [var first, ..])
        {
            // Only a version without marks leaves such a log. Its first page did not change, so the size did not either.
            return file.Mark == 0 && file.Pages is { } pages && wal.SmallestSize == pages && wal.LargestSize == pages;
        }

        // SQLite's change counter grows by at most one between two first pages, and the database never shrinks here.
        if (first.ChangeCounter - file.ChangeCounter > 1 || first.Pages < file.Pages)
        {
            return false;
        }

        if (first.Mark != file.Mark)
        {
            // Writing a mark changes nothing else.
            return first.MarkBefore == file.Mark && first.SchemaCookie == file.SchemaCookie && first.Pages == file.Pages;
        }

        // Written by a version without marks, which may also have been changing the schema.
        return first.MarkBefore == file.MarkBefore && (first.SchemaCookie == file.SchemaCookie || (file.Mark == 0 && first.SchemaCookie > file.SchemaCookie));
    }
}
