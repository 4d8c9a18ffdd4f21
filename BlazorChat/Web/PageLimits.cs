namespace BlazorChat.Web;

/// <summary>
/// How many pages can be open at the same time, and how fast pages can be loaded, section <c>Web:Pages</c>. A page counts until its circuit
/// is gone, also while it is disconnected.
/// </summary>
public sealed class PageLimits
{
    private const int MostPages = 100_000;
    private const int MostLoads = 1_000_000;

    /// <summary>The most pages of one person. From 1 to 100,000.</summary>
    public int MaxPerPerson { get; set; } = 50;

    /// <summary>The most pages of one network address. From 1 to 100,000. Addresses of this machine itself have no such limits.</summary>
    public int MaxPerAddress { get; set; } = 2_000;

    /// <summary>How many pages and connections one network address can ask for in a minute, in the long run. From 1 to 1,000,000.</summary>
    public int LoadsPerMinute { get; set; } = 1_200;

    /// <summary>
    /// How many pages and connections one network address can ask for at once: when the server restarts, all pages come back within
    /// seconds, with up to three requests each. From 1 to 1,000,000.
    /// </summary>
    public int LoadBurst { get; set; } = 3_000;

    /// <summary>Lists the values that are out of bounds, in sentences that begin with the setting's name.</summary>
    internal IEnumerable<string> Problems(string section)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(MaxPerPerson), MaxPerPerson, MostPages),
            (nameof(MaxPerAddress), MaxPerAddress, MostPages),
            (nameof(LoadsPerMinute), LoadsPerMinute, MostLoads),
            (nameof(LoadBurst), LoadBurst, MostLoads),
        })
        {
            if (value < 1 || value > most)
            {
                yield return $"{section}:{name} must be from 1 to {most}.";
            }
        }
    }
}
