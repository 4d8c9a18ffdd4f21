namespace BlazorChat.Storage.Sqlite;

/// <summary>Whether the data folder can be written at all, before anything in it is touched.</summary>
internal static class DataFolderCheck
{
    /// <summary>Bytes that must be free: a start writes less, and a full disk is better met before it than in its middle.</summary>
    public const long MinFree = 1_000_000;

    /// <summary>Writes a file of its own and removes it.</summary>
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

    /// <summary>What to tell of a folder in which a file could not be opened or written.</summary>
    public static StartException ErrorFor(string folder, Exception e) => IsFull(e)
        ? Full(folder)
        : new StartException($"The folder that the setting DataFolder names, {folder}, cannot be written: {e.Message.TrimEnd('.')}.", e);

    public static StartException Full(string folder) =>
        new($"The disk of the folder that the setting DataFolder names, {folder}, is full: less than {MinFree / 1_000_000} MB is free.");

    // ENOSPC and EDQUOT of Linux and macOS; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static bool IsFull(Exception e) => OperatingSystem.IsWindows()
        ? e.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027)
        : e.HResult is 28 or 69 or 122;
}
