namespace BlazorChat.Storage;

/// <summary>What the stores need of a database beyond its context: the same for each, done by each in its own way.</summary>
internal interface IDatabaseProvider
{
    /// <summary>Makes the database this process's alone and applies migrations. Called once, before anything is read.</summary>
    /// <exception cref="StartException">Another process has it, or it cannot be used; the message is a sentence that names the setting.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called first in each transaction that writes. Until the transaction ends, nobody can take the database over from this
    /// process.
    /// </summary>
    /// <param name="transaction">The context, with its transaction begun.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What <see cref="IsStoredAsync"/> knows the transaction by.</returns>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The database is not, or no longer, this process's.</exception>
    Task<long> EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a transaction whose commit failed was stored all the same: the response may have been lost on its way. Called when
    /// the transaction's connection is closed; asks until it knows.
    /// </summary>
    /// <param name="transaction">What <see cref="EnsureOwnedAsync"/> gave for it.</param>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The process stops before it is known: its next start reads what was stored.</exception>
    Task<bool> IsStoredAsync(long transaction);

    /// <summary>The failure as logs may have it: without what they must not name, as a user or a database.</summary>
    Exception Tellable(Exception failure);

    /// <summary>Called when a write is stored, while no other runs. Never throws.</summary>
    void AfterWrite();

    /// <summary>Writes something small to the disk, to see whether that works. Called while no other write runs.</summary>
    /// <param name="isFailing">Whether the last write failed: a disk with room for a page may have none for a message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Data.Common.DbException">It does not.</exception>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The database is not, or no longer, this process's: nothing was written.</exception>
    Task ProbeAsync(bool isFailing, CancellationToken cancellationToken);

    /// <summary>The sentence for a start that ended because the database could not be used, or null when it ended otherwise.</summary>
    StartException? ErrorFor(Exception thrown);
}
