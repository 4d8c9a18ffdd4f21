using BlazorChat.Storage.Backup;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Prepares the database in the data folder for use: inspects all of it first, leaves it unchanged if it cannot be used, and makes a copy
/// before its schema changes.
/// </summary>
internal sealed class SqliteStart(string folder, string file, DataFolderLock folderLock, SqliteWal wal, ILogger<SqliteStart> logger)
{
    /// <summary>Runs the start. Afterward the database belongs to this process alone and has this version's schema.</summary>
    /// <param name="context">An unused context on the database.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="StartException">The folder or the database cannot be used.</exception>
    public async Task RunAsync(DbContext context, CancellationToken cancellationToken)
    {
        folderLock.Take();
        DataFolderCheck.Run(folder);
        if (File.Exists(Path.Combine(folder, FolderBackup.Marker)))
        {
            throw new StartException($"Restoring a backup into the folder {folder} (setting DataFolder) was interrupted. Please run the command restore again.");
        }

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
                // Skipped when there is nothing to do: EF Core would compare the whole model with its snapshot, a tenth of a start's work.
                // A test does that instead.
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
                $"The database in the folder {folder} (setting DataFolder) could not be upgraded: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. A copy of it from before the upgrade ({File.GetLastWriteTimeUtc(copies.PathOf(left)):yyyy-MM-dd HH:mm} UTC) is in {copies.PathOf(left)}.", e);
        }

        if (left is not null)
        {
            copies.Prune();
        }
    }

    /// <summary>The message for a start that failed because of the database, or null when it failed for another reason.</summary>
    public StartException? ErrorFor(Exception thrown) => SqliteErrors.Of(folder, thrown);

    private static async Task MigrateAsync(DbContext context, CancellationToken cancellationToken)
    {
        // A process that was killed during a migration leaves this lock behind, and EF Core would wait for it forever. The data folder's
        // lock proves that no process holds it.
        if (await context.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken).ConfigureAwait(false) > 0
            && await context.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS \"Value\" FROM \"__EFMigrationsLock\"").SingleAsync(cancellationToken).ConfigureAwait(false) > 0)
        {
            await context.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", cancellationToken).ConfigureAwait(false);
        }

        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }
}
