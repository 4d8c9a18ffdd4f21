namespace BlazorChat.Rooms;

/// <summary>The store could not do what was asked (disk full, database locked or gone). Nothing of it was stored.</summary>
public sealed class StorageUnavailableException : Exception
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
