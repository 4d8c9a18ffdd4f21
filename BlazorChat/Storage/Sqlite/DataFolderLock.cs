namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// Keeps a second process off the data folder: its start would mark this one's running answers as interrupted. The
/// operating system lets go of it however the process ends.
/// </summary>
internal sealed class DataFolderLock(string folder) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="InvalidOperationException">Another process has it.</exception>
    public void Take()
    {
        try
        {
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"The folder that the setting DataFolder names, {folder}, is in use by another BlazorChat process.", e);
        }
    }

    public void Dispose() => _file?.Dispose();
}
