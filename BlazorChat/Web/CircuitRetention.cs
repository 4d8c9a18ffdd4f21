using Microsoft.AspNetCore.Components.Server;

namespace BlazorChat.Web;

/// <summary>
/// How long disconnected pages can come back as they were, section <c>Web:Circuits</c>. A page that comes back later, or that was not
/// kept because too many pages were away, reloads at the same place.
/// </summary>
public sealed class CircuitRetention
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCircuit = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestState = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestReturn = TimeSpan.FromHours(1);
    private const int MostCircuits = 10_000;
    private const int MostStates = 100_000;

    /// <summary>How long the whole circuit of a disconnected page is kept, about 330 KB each. From 1 second to 1 hour.</summary>
    public TimeSpan DisconnectedRetention { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The most disconnected circuits that are kept; of further ones, only the state is kept. From 1 to 10,000.</summary>
    public int DisconnectedMaxRetained { get; set; } = 100;

    /// <summary>
    /// How long only a page's state is kept after that, about 4 KB each. Also how long a page that was paused for a planned stop may wait
    /// for the next process. From 1 second to 7 days.
    /// </summary>
    public TimeSpan StateRetention { get; set; } = TimeSpan.FromHours(8);

    /// <summary>
    /// The most states that are kept. One more is dropped, together with the oldest twentieth of the others. From 1 to 100,000.
    /// </summary>
    public int StateMaxRetained { get; set; } = 1_000;

    /// <summary>
    /// How long a page that was paused for a planned stop tries to resume. After that, it keeps waiting, and reloads at the same place
    /// when the server is back. From 1 second to 1 hour.
    /// </summary>
    public TimeSpan ReturnWithin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Lists the values that are out of bounds, in sentences that begin with the setting's name.</summary>
    internal IEnumerable<string> Problems(string section)
    {
        if (DisconnectedRetention < Shortest || DisconnectedRetention > LongestCircuit)
        {
            yield return $"{section}:{nameof(DisconnectedRetention)} must be from {Shortest} to {LongestCircuit}.";
        }

        if (StateRetention < Shortest || StateRetention > LongestState)
        {
            yield return $"{section}:{nameof(StateRetention)} must be from {Shortest} to {LongestState}.";
        }

        if (ReturnWithin < Shortest || ReturnWithin > LongestReturn)
        {
            yield return $"{section}:{nameof(ReturnWithin)} must be from {Shortest} to {LongestReturn}.";
        }

        if (DisconnectedMaxRetained is < 1 or > MostCircuits)
        {
            yield return $"{section}:{nameof(DisconnectedMaxRetained)} must be from 1 to {MostCircuits}.";
        }

        if (StateMaxRetained is < 1 or > MostStates)
        {
            yield return $"{section}:{nameof(StateMaxRetained)} must be from 1 to {MostStates}.";
        }
    }

    internal void ApplyTo(CircuitOptions options)
    {
        options.DisconnectedCircuitRetentionPeriod = DisconnectedRetention;
        options.DisconnectedCircuitMaxRetained = DisconnectedMaxRetained;
        options.PersistedCircuitInMemoryRetentionPeriod = StateRetention;
        options.PersistedCircuitInMemoryMaxRetained = StateMaxRetained;
        // This one is for a distributed cache, which BlazorChat does not use. But the longer of the two periods also bounds how long
        // a page's own copy of the state is valid.
        options.PersistedCircuitDistributedRetentionPeriod = StateRetention;
    }
}
