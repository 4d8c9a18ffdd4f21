using System.Xml.Linq;

namespace BlazorChat.Storage.Moving;

/// <summary>Where everything is taken from. Nothing in it changes.</summary>
internal interface IMoveSource
{
    /// <summary>Keeps others off and opens it.</summary>
    /// <exception cref="StartException">It is in use, not there, or not of this version's schema.</exception>
    Task<ChatDbContext> OpenAsync(CancellationToken cancellationToken);

    /// <summary>The keys of data protection.</summary>
    Task<IReadOnlyList<ProtectionKey>> ReadKeysAsync(CancellationToken cancellationToken);
}

/// <summary>Where everything goes.</summary>
internal interface IMoveTarget
{
    /// <summary>Takes it all, or nothing.</summary>
    /// <param name="keys">The keys of data protection.</param>
    /// <param name="copy">Writes all rows into an empty database, within a transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartException">It is in use, or not empty.</exception>
    Task<MoveCounts> WriteAsync(IReadOnlyList<ProtectionKey> keys, Func<ChatDbContext, Task<MoveCounts>> copy, CancellationToken cancellationToken);
}

/// <summary>A key of data protection (or a revocation), as it is stored.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Xml">It.</param>
internal sealed record ProtectionKey(string Name, XElement Xml);

/// <summary>How many rows were taken.</summary>
internal sealed record MoveCounts(long Rooms, long Messages, long Others);
