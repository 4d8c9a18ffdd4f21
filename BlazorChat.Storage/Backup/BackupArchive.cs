using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace BlazorChat.Storage.Backup;

/// <summary>One file in an archive.</summary>
/// <param name="Path">Its path in the data folder, with slashes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its hash, in hexadecimal.</param>
internal sealed record BackupEntry(string Path, long Length, string Sha256);

/// <summary>What an archive says about itself, as its last entry: an archive that was cut off has none.</summary>
/// <param name="Format">The version of the archive's format.</param>
/// <param name="Migrations">The schema of the database in it, as the ids of its migrations; empty when it has no database.</param>
/// <param name="Entries">The files in it.</param>
internal sealed record BackupManifest(int Format, IReadOnlyList<string> Migrations, IReadOnlyList<BackupEntry> Entries);

/// <summary>The archive of a backup: a zip file with the files of the data folder and a manifest that has their hashes.</summary>
internal static class BackupArchive
{
    private const int Format = 1;

    private const string ManifestName = "backup.json";

    private const string Unfinished = ".unfinished";

    private static ReadOnlySpan<byte> ZipStart => "PK\u0003\u0004"u8;

    /// <summary>Writes an archive. The file has its name only when it is complete and on disk.</summary>
    /// <param name="archive">The archive's path; must not exist.</param>
    /// <param name="migrations">The schema of the database among the files.</param>
    /// <param name="files">The files: their path in the archive, and where they are.</param>
    /// <param name="cancellationToken">Cancels it; nothing is left.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="StartException">It could not be written.</exception>
    public static async Task<BackupManifest> WriteAsync(
        string archive, IReadOnlyList<string> migrations, IReadOnlyList<(string Path, string File)> files, CancellationToken cancellationToken)
    {
        var unfinished = archive + Unfinished;
        try
        {
            if (File.Exists(archive))
            {
                throw new StartException($"The file {archive} exists already. Nothing was changed.");
            }

            if (Directory.Exists(archive) || Path.EndsInDirectorySeparator(archive))
            {
                throw new StartException($"{archive} is a folder. Please name a file for the backup.");
            }

            if (files.FirstOrDefault(file => !IsInside(file.Path)) is { File: not null } odd)
            {
                throw new StartException($"The file {odd.File} has a name that cannot be in a backup. Please rename it or move it to another folder.");
            }

            if (Path.GetDirectoryName(archive) is { } folder && !Directory.Exists(folder))
            {
                Sqlite.SqliteServices.CreateFolderPrivately(folder);
            }

            File.Delete(unfinished);
            // Keys and messages are private.
            Sqlite.SqliteServices.CreatePrivately(unfinished);
            var stream = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite);
            BackupManifest manifest;
            await using (stream.ConfigureAwait(false))
            {
                manifest = await FillAsync(stream, migrations, files, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, archive);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The backup could not be written to {archive}: {e.Message.TrimEnd('.')}.", e);
        }
        finally
        {
            TryDelete(unfinished);
        }
    }

    /// <summary>Unpacks an archive into an empty folder and checks every byte of it.</summary>
    /// <param name="archive">The archive's path.</param>
    /// <param name="folder">The empty folder.</param>
    /// <param name="mayHave">Whether a backup takes files and folders of this name; others were not written by one.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="StartException">The archive is not there, damaged, or of a newer version.</exception>
    public static async Task<BackupManifest> ReadAsync(string archive, string folder, Func<string, bool> mayHave, CancellationToken cancellationToken)
    {
        if (!File.Exists(archive))
        {
            throw new StartException($"There is no file {archive}.");
        }

        try
        {
            using var zip = await ZipFile.OpenReadAsync(archive, cancellationToken).ConfigureAwait(false);
            var manifest = await ReadManifestAsync(zip, cancellationToken).ConfigureAwait(false) ?? throw Damaged(archive);
            if (manifest.Format > Format)
            {
                throw Newer(archive);
            }

            foreach (var entry in manifest.Entries)
            {
                // A path that leads out of the folder was not written by a backup.
                if (entry?.Path is null || !IsInside(entry.Path) || !mayHave(entry.Path.Split('/')[0]) || zip.GetEntry(entry.Path) is not { } packed || packed.Length != entry.Length)
                {
                    throw Damaged(archive);
                }

                await UnpackAsync(archive, packed, entry, Path.Combine(folder, entry.Path), cancellationToken).ConfigureAwait(false);
            }

            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw Damaged(archive, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The backup {archive} could not be unpacked: {e.Message.TrimEnd('.')}. Nothing was changed.", e);
        }
    }

    /// <summary>Whether a file is an archive of a backup.</summary>
    public static bool IsArchive(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> start = stackalloc byte[ZipStart.Length];
            if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(ZipStart))
            {
                return false;
            }

            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return zip.GetEntry(ManifestName) is not null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The error for an archive that does not have what was put into it.</summary>
    public static StartException Damaged(string archive, Exception? cause = null) =>
        new($"The file {archive} is damaged or is not a backup of BlazorChat. Nothing was changed.", cause!);

    /// <summary>The error for an archive of a newer version.</summary>
    public static StartException Newer(string archive) =>
        new($"The backup {archive} is from a newer version of BlazorChat. Nothing was changed. Please restore it with that version.");

    private static bool IsInside(string path) =>
        path.Length > 0 && path.Split('/').All(part => part.Length > 0 && part.Trim('.').Length > 0 && part.IndexOfAny(['\\', '\0']) < 0 && !(OperatingSystem.IsWindows() && part.Contains(':', StringComparison.Ordinal)));

    private static async Task<BackupManifest> FillAsync(
        FileStream stream, IReadOnlyList<string> migrations, IReadOnlyList<(string Path, string File)> files, CancellationToken cancellationToken)
    {
        var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken).ConfigureAwait(false);
        await using var _ = zip.ConfigureAwait(false);
        var entries = new List<BackupEntry>();
        foreach (var (path, file) in files)
        {
            var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var __ = from.ConfigureAwait(false);
            var into = await zip.CreateEntry(path, CompressionLevel.Fastest).OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var ___ = into.ConfigureAwait(false);
            var (length, hash) = await CopyAsync(from, into, cancellationToken).ConfigureAwait(false);
            entries.Add(new BackupEntry(path, length, hash));
        }

        var manifest = new BackupManifest(Format, migrations, entries);
        var last = await zip.CreateEntry(ManifestName).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var ____ = last.ConfigureAwait(false);
        await JsonSerializer.SerializeAsync(last, manifest, cancellationToken: cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private static async Task<BackupManifest?> ReadManifestAsync(ZipArchive zip, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(ManifestName) is not { } entry)
        {
            return null;
        }

        var stream = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        return manifest is { Entries: not null, Migrations: not null } ? manifest : null;
    }

    private static async Task UnpackAsync(string archive, ZipArchiveEntry packed, BackupEntry entry, string file, CancellationToken cancellationToken)
    {
        Sqlite.SqliteServices.CreateFolderPrivately(Path.GetDirectoryName(file)!);
        Sqlite.SqliteServices.CreatePrivately(file);
        var from = await packed.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = from.ConfigureAwait(false);
        var into = new FileStream(file, FileMode.Open, FileAccess.Write);
        await using var __ = into.ConfigureAwait(false);
        var (length, hash) = await CopyAsync(from, into, cancellationToken).ConfigureAwait(false);
        into.Flush(flushToDisk: true);
        if (length != entry.Length || hash != entry.Sha256)
        {
            throw Damaged(archive);
        }
    }

    private static async Task<(long Length, string Hash)> CopyAsync(Stream from, Stream into, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        var length = 0L;
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await into.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            length += read;
        }

        return (length, Convert.ToHexString(hash.GetHashAndReset()));
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that kept the archive from being written has been reported.
        }
    }
}
