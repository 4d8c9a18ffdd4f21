using System.Xml.Linq;

namespace BlazorChat.Storage.Moving;

/// <summary>The source of a move. It is not changed.</summary>
internal interface IMoveSource
{
    /// <summary>Opens the source and keeps other processes away from it.</summary>
    /// <exception cref="StartException">It is in use, missing, or has another version's schema.</exception>
    Task<ChatDbContext> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Reads the data-protection keys.</summary>
    Task<IReadOnlyList<ProtectionKey>> ReadKeysAsync(CancellationToken cancellationToken);
}

/// <summary>The target of a move.</summary>
internal interface IMoveTarget
{
    /// <summary>Writes everything or nothing.</summary>
    /// <param name="keys">The data-protection keys.</param>
    /// <param name="copy">Writes all rows into an empty database, within a transaction.</param>
    /// <param name="cancellationToken">Cancels the move.</param>
    /// <exception cref="StartException">It is in use, or not empty.</exception>
    Task<MoveCounts> WriteAsync(IReadOnlyList<ProtectionKey> keys, Func<ChatDbContext, Task<MoveCounts>> copy, CancellationToken cancellationToken);
}

/// <summary>A data-protection key (or a revocation) as stored.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Xml">Its content.</param>
internal sealed record ProtectionKey(string Name, XElement Xml);

/// <summary>The number of copied rows.</summary>
internal sealed record MoveCounts(long Rooms, long Messages, long Others);
