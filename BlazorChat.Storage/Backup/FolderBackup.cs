using System.Globalization;
using System.IO.Enumeration;
using BlazorChat.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BlazorChat.Storage.Backup;

/// <summary>Backs up and restores a data folder: the database, the keys and whatever else is in it, in one archive.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="hasDatabase">Whether the database is in it; with PostgreSQL it is not.</param>
internal sealed class FolderBackup(string folder, bool hasDatabase) : IDisposable
{
    /// <summary>A file that is in the data folder while a restore replaces what is there.</summary>
    public const string Marker = "restore-unfinished";

    private const string AsidePrefix = "before-restore-";

    private const string TemporaryPrefix = "backup-temporary-";

    private const string InUse = ".lock";

    private readonly DataFolderLock _lock = new(folder);
    private readonly string _file = SqliteServices.DatabaseFile(folder);
    private FileStream? _inUse;

    /// <summary>Backs up the folder, also while a server uses it.</summary>
    /// <param name="archive">The archive's path; must not exist.</param>
    /// <param name="known">Ids of the migrations that this version knows.</param>
    /// <param name="cancellationToken">Cancels it; nothing is left.</param>
    /// <returns>What is in the archive.</returns>
    /// <exception cref="StartException">The folder could not be read or the archive not be written.</exception>
    public async Task<BackupManifest> BackUpAsync(string archive, IEnumerable<string> known, CancellationToken cancellationToken)
    {
        var temporary = "";
        try
        {
            if (hasDatabase && !File.Exists(_file))
            {
                throw new StartException($"There is no database in the folder {folder} (setting DataFolder).");
            }

            CheckPlace(archive);
            temporary = CreateTemporary();
            var files = new List<(string Path, string File)>();
            IReadOnlyList<string> migrations = [];
            if (hasDatabase)
            {
                var copy = Path.Combine(temporary, SqliteServices.FileName);
                SqliteServices.CreatePrivately(copy);
                migrations = CopyDatabase(copy, [.. known], cancellationToken);
                files.Add((SqliteServices.FileName, copy));
            }

            files.AddRange(Others().SelectMany(FilesOf)
                .Select(file => (Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), file)));
            return await BackupArchive.WriteAsync(archive, migrations, files, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Of(folder, e)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolderCheck.ErrorFor(folder, e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Replaces the folder's contents with those of an archive, and moves what was there aside.</summary>
    /// <param name="archive">The archive's path.</param>
    /// <param name="known">Ids of the migrations that this version knows.</param>
    /// <param name="now">The time, which names the folder for what was there.</param>
    /// <param name="cancellationToken">Cancels it as long as nothing was changed.</param>
    /// <returns>What was restored, and the folder with what was there before; null if nothing was.</returns>
    /// <exception cref="StartException">A server uses the folder, or the archive cannot be used. Nothing was changed.</exception>
    public async Task<(BackupManifest Restored, string? Aside)> RestoreAsync(string archive, IEnumerable<string> known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _lock.Take();
        DataFolderCheck.Run(folder);
        var temporary = "";
        try
        {
            temporary = CreateTemporary();
            var manifest = await BackupArchive.ReadAsync(
                archive, temporary, name => MayHave(name) || name == SqliteServices.FileName, cancellationToken).ConfigureAwait(false);
            Check(archive, temporary, manifest, [.. known]);
            return (manifest, Replace(archive, temporary, now));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolderCheck.ErrorFor(folder, e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    public void Dispose()
    {
        _inUse?.Dispose();
        _lock.Dispose();
    }

    // A process that was killed left its folder behind, with a copy of the database. A process that runs has the folder's lock.
    private string CreateTemporary()
    {
        foreach (var left in Directory.GetDirectories(folder, TemporaryPrefix + "*"))
        {
            try
            {
                using (new FileStream(left + InUse, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
                {
                    TryDelete(left);
                    File.Delete(left + InUse);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use.
            }
        }

        var temporary = Path.Combine(folder, $"{TemporaryPrefix}{Guid.NewGuid():n}");
        _inUse = new FileStream(temporary + InUse, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        SqliteServices.CreateFolderPrivately(temporary);
        return temporary;
    }

    private void Remove(string temporary)
    {
        if (temporary.Length > 0)
        {
            TryDelete(temporary);
        }

        _inUse?.Dispose();
        _inUse = null;
    }

    // Not where SQLite, a start or a later backup would take the archive for something else.
    private void CheckPlace(string archive)
    {
        var path = Path.GetRelativePath(folder, archive).Split(Path.DirectorySeparatorChar);
        var isFree = path[0] is ".." or "backups" || Path.IsPathRooted(path[0]) || (path.Length == 1 && MayHave(path[0]));
        if (!isFree)
        {
            throw new StartException($"The backup cannot be written to {archive}, because this name or folder belongs to BlazorChat. Please put it into the folder {Path.Combine(folder, "backups")} or outside of the data folder.");
        }
    }

    private IReadOnlyList<string> CopyDatabase(string copy, string[] known, CancellationToken cancellationToken)
    {
        if (TryLock())
        {
            using var inspection = SqliteInspection.Open(folder, _file, known)
                ?? throw new StartException($"There is no database in the folder {folder} (setting DataFolder).");
            inspection.CopyTo(copy);
            return inspection.Applied;
        }

        // A server uses it. This connection reads a snapshot beside the server's writes, and must not apply the server's log.
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ConnectionString);
        connection.Open();
        var handle = connection.Handle!;
        using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(handle));
        raw.sqlite3_db_config(connection.Handle!, SqliteInspection.NoCheckpointOnClose, 1, out _);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_autocheckpoint=0";
        command.ExecuteNonQuery();
        command.CommandTimeout = 0;
        command.CommandText = "VACUUM INTO $file";
        command.Parameters.AddWithValue("$file", copy);
        command.ExecuteNonQuery();
        return AppliedOf(copy, known);
    }

    private bool TryLock()
    {
        try
        {
            _lock.Take();
            return true;
        }
        catch (StartException e) when (DataFolderLock.IsTaken(e.InnerException))
        {
            return false;
        }
    }

    private static IReadOnlyList<string> AppliedOf(string file, string[] known)
    {
        using var inspection = SqliteInspection.Open(Path.GetDirectoryName(file)!, file, known);
        return inspection?.Applied ?? [];
    }

    private void Check(string archive, string temporary, BackupManifest manifest, string[] known)
    {
        var database = Path.Combine(temporary, SqliteServices.FileName);
        if (File.Exists(database) != hasDatabase)
        {
            throw new StartException(hasDatabase
                ? $"The backup {archive} has no SQLite database: it was made with PostgreSQL. Nothing was changed."
                : $"The backup {archive} has a SQLite database, but Database:Provider is PostgreSQL. Restore it with Sqlite, and move it with the command move. Nothing was changed.");
        }

        if (manifest.Migrations.Except(known, StringComparer.Ordinal).Any())
        {
            throw BackupArchive.Newer(archive);
        }

        try
        {
            if (hasDatabase && AppliedOf(database, known).Count == 0)
            {
                throw BackupArchive.Damaged(archive);
            }
        }
        catch (StartException e)
        {
            throw BackupArchive.Damaged(archive, e);
        }
    }

    private string? Replace(string archive, string temporary, DateTimeOffset now)
    {
        var named = Path.Combine(folder, AsidePrefix + now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        var aside = named;
        var marker = Path.Combine(folder, Marker);
        // Without it, a start in the middle would begin with an empty database.
        File.WriteAllText(marker, "");
        string[] before = [.. hasDatabase ? new[] { _file, _file + "-wal", _file + "-shm" }.Where(File.Exists) : [], .. Others()];
        if (before.Length > 0)
        {
            for (var number = 2; Directory.Exists(aside); number++)
            {
                aside = string.Create(CultureInfo.InvariantCulture, $"{named}-{number}");
            }

            SqliteServices.CreateFolderPrivately(aside);
            foreach (var path in before)
            {
                Move(path, Path.Combine(aside, Path.GetFileName(path)));
            }
        }

        foreach (var path in Directory.GetFileSystemEntries(temporary))
        {
            Move(path, Path.GetFileName(path) == SqliteServices.FileName ? _file : Path.Combine(folder, Path.GetFileName(path)));
        }

        File.Delete(marker);
        return before.Length > 0 ? aside : null;
    }

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }

    // What belongs to this folder alone (its lock, copies from before upgrades, backups, earlier restores) stays where it is.
    private static bool MayHave(string name) =>
        name is not ("lock" or "copies" or "backups" or Marker) && !name.StartsWith('.') && !name.EndsWith(".unfinished", StringComparison.Ordinal)
        && !name.StartsWith(SqliteServices.FileName, StringComparison.Ordinal) && !name.StartsWith(AsidePrefix, StringComparison.Ordinal)
        && !name.StartsWith(TemporaryPrefix, StringComparison.Ordinal);

    private IEnumerable<string> Others() => Directory.GetFileSystemEntries(folder).Where(path =>
        MayHave(Path.GetFileName(path)) && (Directory.Exists(path) || (IsOrdinary(path) && !BackupArchive.IsArchive(path))));

    private static IEnumerable<string> FilesOf(string path) =>
        Directory.Exists(path) ? FilesBelow(path).Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal) && IsOrdinary(file)) : [path];

    // Links to files are followed, as a folder of secrets may have them; links to folders below this one could lead around in a circle.
    private static FileSystemEnumerable<string> FilesBelow(string path) =>
        new(path, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    // Not a socket or a pipe, on which a server may listen: one cannot be read, and the other has no end.
    private static bool IsOrdinary(string file)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(file) is not { Exists: true, Length: 0 })
        {
            return true;
        }

        try
        {
            // For writing as well, because a pipe that is opened for reading alone waits for a writer.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return stream.CanSeek;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No start looks at it, and no backup takes it.
        }
    }
}
