namespace BlazorChat.Rooms;

/// <summary>Hears when this process may write no more, and when it may again. Called on no room's gate; must not block.</summary>
internal interface IStorageObserver
{
    /// <summary>The database may belong to another process from now on: nothing can be stored.</summary>
    void OnStorageLost();

    /// <summary>
    /// Done when nothing goes on that was to end with <see cref="OnStorageLost"/>. Nothing is written before, so this must wait for
    /// no write: storing how it ended comes after.
    /// </summary>
    Task UntilEndedAsync();

    /// <summary>It is this process's again, and nobody wrote in between.</summary>
    void OnStorageBack();
}
