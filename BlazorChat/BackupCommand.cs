using System.Globalization;
using BlazorChat.Storage;
using BlazorChat.Storage.Backup;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat;

/// <summary>
/// The commands <c>dotnet BlazorChat.dll backup FILE</c> and <c>restore FILE</c>: one archive with everything that is in the data folder.
/// </summary>
internal static class BackupCommand
{
    /// <summary>The name of the command that makes an archive.</summary>
    public const string Backup = "backup";

    /// <summary>The name of the command that restores one.</summary>
    public const string Restore = "restore";

    private const string Usage =
        """
        Usage: dotnet BlazorChat.dll backup FILE [--Setting=value …]
               dotnet BlazorChat.dll restore FILE [--Setting=value …]
        backup writes the database, the keys that sign cookies and all other files of the data folder into one archive, also while a server runs.
        restore puts them back. The server must not run. What was there is moved to a folder inside the data folder.
        """;

    private const string Postgres =
        """
        The database, with its keys, is not in this archive, because it is in PostgreSQL. To back it up:
            pg_dump --format=custom --file=blazorchat.dump "host=… dbname=… user=…"
        To restore it, into an empty database and while no server runs:
            pg_restore --exit-on-error --no-owner --dbname="host=… dbname=… user=…" blazorchat.dump
        """;

    /// <summary>Runs one of the commands.</summary>
    /// <param name="name">The command's name.</param>
    /// <param name="args">The arguments after it.</param>
    /// <param name="output">Receives the result, or the usage if the arguments are wrong.</param>
    /// <param name="cancellationToken">Cancels it; nothing is changed.</param>
    /// <returns>The process's exit code: 0, or 2 if the arguments are wrong.</returns>
    /// <exception cref="StartException">It could not be done. The message says why, and nothing was changed.</exception>
    public static async Task<int> RunAsync(string name, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [{ Length: > 0 } file, .. var settings] || file.StartsWith('-'))
        {
            await output.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var builder = BlazorChatApp.CreateBuilder(settings);
        var database = DatabaseOptions.Read(builder.Configuration);
        var isSqlite = database.Provider == DatabaseKind.Sqlite;
        var archive = Path.GetFullPath(file);
        using var backup = new FolderBackup(SqliteServices.DataFolder(builder), isSqlite);
        var known = Migrations();
        if (name == Backup)
        {
            var made = await backup.BackUpAsync(archive, known, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"Backed up {Told(made)} to {archive}.").ConfigureAwait(false);
        }
        else
        {
            var (restored, aside) = await RestoreAsync(backup, database.ConnectionString, archive, known, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"Restored {Told(restored)} from {archive}.{(aside is null ? "" : $" What was there before is in {aside}.")}").ConfigureAwait(false);
        }

        if (!isSqlite)
        {
            await output.WriteLineAsync(Postgres).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<(BackupManifest Restored, string? Aside)> RestoreAsync(
        FolderBackup backup, string? postgres, string archive, string[] known, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (postgres is null)
        {
            return await backup.RestoreAsync(archive, known, now, cancellationToken).ConfigureAwait(false);
        }

        // A server with PostgreSQL does not lock the data folder.
        var taken = await PostgresServices.TakeAsync(postgres, cancellationToken).ConfigureAwait(false);
        await using var _ = taken.ConfigureAwait(false);
        return await backup.RestoreAsync(archive, known, now, cancellationToken).ConfigureAwait(false);
    }

    private static string Told(BackupManifest manifest)
    {
        var bytes = manifest.Entries.Sum(entry => entry.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{manifest.Entries.Count:N0} files ({(bytes + 999_999) / 1_000_000:N0} MB){(manifest.Migrations.Count > 0 ? ", the database among them," : "")}");
    }

    private static string[] Migrations()
    {
        using var context = new SqliteDesignFactory().CreateDbContext([]);
        return [.. context.Database.GetMigrations()];
    }
}
