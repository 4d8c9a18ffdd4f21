namespace BlazorChat.Rooms;

/// <summary>
/// Is told when this process may no longer write, and when it may again. Called outside of every room's gate; must not block.
/// </summary>
internal interface IStorageObserver
{
    /// <summary>The database may belong to another process from now on; nothing can be stored.</summary>
    void OnStorageLost();

    /// <summary>
    /// Completes when everything that <see cref="OnStorageLost"/> must stop has ended. Nothing is written before that, so this must not
    /// wait for a write: outcomes are stored afterward.
    /// </summary>
    Task UntilEndedAsync();

    /// <summary>The database belongs to this process again, and no other process wrote in between.</summary>
    void OnStorageBack();
}
