using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Brings the database in the data folder into use: looks at all of it first, changes nothing of what it cannot use, and copies
/// it aside before its schema changes.
/// </summary>
internal sealed class SqliteStart(string folder, string file, DataFolderLock folderLock, SqliteWal wal, ILogger<SqliteStart> logger)
{
    /// <summary>Does it all. Afterwards the database is this process's alone and its schema is this version's.</summary>
    /// <param name="context">A context on the database that nobody has used yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartException">The folder or the database cannot be used.</exception>
    public async Task RunAsync(DbContext context, CancellationToken cancellationToken)
    {
        folderLock.Take();
        DataFolderCheck.Run(folder);
        var copies = new SchemaCopies(folder, logger);
        string? left = null;
        var isCurrent = false;
        using (var database = SqliteInspection.Open(folder, file, context.Database.GetMigrations()))
        {
            if (database is { Applied: [.., var last] })
            {
                isCurrent = context.Database.GetMigrations().Last() == last;
                if (!isCurrent)
                {
                    copies.Make(database);
                    left = last;
                }
            }
        }

        try
        {
            if (!File.Exists(file))
            {
                SqliteServices.CreatePrivately(file);
            }

            wal.Open();
            if (!isCurrent)
            {
                // Entity Framework would compare all of the model with its state also when there is nothing to do: a tenth of a
                // start's work, which a test does.
                await MigrateAsync(context, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException && left is null)
        {
            throw SqliteErrors.Of(folder, e) ?? DataFolderCheck.ErrorFor(folder, e);
        }
        catch (Exception e) when (e is not OperationCanceledException && left is not null)
        {
            throw new StartException(
                $"The database in the folder that the setting DataFolder names, {folder}, could not be upgraded: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. As it was on {File.GetLastWriteTimeUtc(copies.PathOf(left)):yyyy-MM-dd HH:mm} UTC, it is in {copies.PathOf(left)}.", e);
        }

        if (left is not null)
        {
            copies.Prune();
        }
    }

    /// <summary>The sentence for a start that ended because the database could not be used, or null when it ended otherwise.</summary>
    public StartException? ErrorFor(Exception thrown) => SqliteErrors.Of(folder, thrown);

    private static async Task MigrateAsync(DbContext context, CancellationToken cancellationToken)
    {
        // A process that was killed in the middle of a migration left this lock for ever, and Entity Framework would wait for
        // it as long. The data folder's lock says that nobody has it.
        if (await context.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken).ConfigureAwait(false) > 0
            && await context.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS \"Value\" FROM \"__EFMigrationsLock\"").SingleAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
            await context.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", cancellationToken).ConfigureAwait(false);
        }

        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }
}
