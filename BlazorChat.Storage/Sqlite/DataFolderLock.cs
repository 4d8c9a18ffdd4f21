namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Keeps a second process off the data folder, because its start would mark this process's running responses as interrupted. The operating
/// system releases the lock however the process ends.
/// </summary>
internal sealed class DataFolderLock(string folder) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="StartException">Another process holds the lock, or the folder cannot be written.</exception>
    public void Take()
    {
        try
        {
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new StartException($"The folder {folder} (setting DataFolder) is in use by another BlazorChat process.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolderCheck.ErrorFor(folder, e);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Whether a file could not be opened because another process has it.</summary>
    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK on Linux and macOS.
    public static bool IsTaken(Exception? e) => e is IOException && (OperatingSystem.IsWindows() ? e.HResult == unchecked((int)0x80070020) : e.HResult is 11 or 35);
}
