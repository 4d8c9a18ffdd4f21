namespace BlazorChat.Storage;

/// <summary>What the stores need of a database beyond its context: the same for each, done by each in its own way.</summary>
internal interface IDatabaseProvider
{
    /// <summary>Makes the database this process's alone and applies migrations. Called once, before anything is read.</summary>
    /// <exception cref="InvalidOperationException">Another process has it, or it cannot be used; the message is a sentence that names the setting.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called first in each transaction that writes. Until the transaction ends, nobody can take the database over from this
    /// process.
    /// </summary>
    /// <param name="transaction">The context, with its transaction begun.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BlazorChat.Rooms.StorageUnavailableException">The database is not, or no longer, this process's.</exception>
    Task EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken);

    /// <summary>The failure as logs may have it: without what they must not name, as a user or a database.</summary>
    Exception Tellable(Exception failure);
}
