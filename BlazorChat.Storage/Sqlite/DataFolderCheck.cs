namespace BlazorChat.Storage.Sqlite;

/// <summary>Checks whether the data folder can be written, before anything in it is touched.</summary>
internal static class DataFolderCheck
{
    /// <summary>Bytes that must be free. A start writes less, but a full disk is better found before it than in the middle.</summary>
    public const long MinFree = 1_000_000;

    /// <summary>Writes a test file and removes it.</summary>
    /// <exception cref="StartException">The folder cannot be written, or its disk is full.</exception>
    public static void Run(string folder)
    {
        try
        {
            using (var probe = new FileStream(
                Path.Combine(folder, $".write-{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose))
            {
                probe.Write(new byte[4096]);
                probe.Flush(flushToDisk: true);
            }

            if (new DriveInfo(folder).AvailableFreeSpace < MinFree)
            {
                throw Full(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ErrorFor(folder, e);
        }
    }

    /// <summary>The error for a folder in which a file could not be opened or written.</summary>
    public static StartException ErrorFor(string folder, Exception e) => IsFull(e)
        ? Full(folder)
        : new StartException($"The folder {folder} (setting DataFolder) cannot be written: {e.Message.TrimEnd('.')}.", e);

    public static StartException Full(string folder) =>
        new($"The disk of the folder {folder} (setting DataFolder) is full: less than {MinFree / 1_000_000} MB is free.");

    // ENOSPC and EDQUOT on Linux and macOS; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsFull(Exception e) => OperatingSystem.IsWindows()
        ? e.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027)
        : e.HResult is 28 or 69 or 122;
}
