namespace BlazorChat.Storage;

/// <summary>The operations that differ between databases, beyond the context.</summary>
internal interface IDatabaseProvider
{
    /// <summary>Takes the database for this process alone and applies migrations. Called once, before anything is read.</summary>
    /// <exception cref="StartException">Another process uses the database, or it cannot be used. The message names the setting.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Called first in each write transaction. Until the transaction ends, no other process can take over the database.</summary>
    /// <param name="transaction">The context, with its transaction begun.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>The transaction's id for <see cref="IsStoredAsync"/>.</returns>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The database does not belong to this process, or no longer
    /// does.</exception>
    Task<long> EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a transaction was stored although its commit failed, because the server's response may have been lost. Called after the
    /// transaction's connection is closed. Asks until the answer is known.
    /// </summary>
    /// <param name="transaction">The id from <see cref="EnsureOwnedAsync"/>.</param>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The process stops before the answer is known. The next start reads
    /// what was stored.</exception>
    Task<bool> IsStoredAsync(long transaction);

    /// <summary>The failure in a form that is safe to log, without the names of users or databases.</summary>
    Exception Tellable(Exception failure);

    /// <summary>Called after each stored write, while no other write runs. Never throws.</summary>
    void AfterWrite();

    /// <summary>Tests the disk with a small write. Called while no other write runs.</summary>
    /// <param name="isFailing">Whether the last write failed: a disk with room for a page may have none for a message.</param>
    /// <param name="cancellationToken">Cancels the test.</param>
    /// <exception cref="System.Data.Common.DbException">The write failed.</exception>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The database does not belong to this process, or no longer does;
    /// nothing was written.</exception>
    Task ProbeAsync(bool isFailing, CancellationToken cancellationToken);

    /// <summary>The error for a start that failed because of the database, or null when it failed for another reason.</summary>
    StartException? ErrorFor(Exception thrown);
}
