namespace BlazorChat.Rooms;

/// <summary>The store is not available (disk full, database locked or gone). Nothing was stored.</summary>
internal sealed class StorageUnavailableException : Exception
{
    /// <inheritdoc />
    public StorageUnavailableException()
    {
    }

    /// <inheritdoc />
    public StorageUnavailableException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public StorageUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
