using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace BlazorChat.Web;

/// <summary>Why a page is not served or not connected right now.</summary>
/// <param name="Reason">The name of the text that says what there is too much of, in one sentence.</param>
/// <param name="Advice">The name of the text that says what the page does about it, in one sentence.</param>
/// <param name="RetryAfter">When another attempt makes sense.</param>
internal sealed record PageRefusal(string Reason, string Advice, TimeSpan RetryAfter)
{
    /// <summary>Whole seconds until the next attempt.</summary>
    public int Seconds => Math.Max(1, (int)Math.Ceiling(RetryAfter.TotalSeconds));
}

/// <summary>
/// Counts the pages that are open, and how fast pages are loaded, for each person and for each address, so that nobody who connects and
/// drops, again and again, takes the server's memory or time from everybody else.
/// </summary>
internal sealed class PageBounds : IDisposable
{
    // A page that comes back has a new connection before the server has given up the old one.
    private const int ConnectionsPerPage = 2;

    // One person's pages come back together, too: a request for the page and two for the connection, and once again.
    private const int LoadsPerPage = 6;

    // Nobody knows when the next page is closed.
    private static readonly TimeSpan UntilClosed = TimeSpan.FromSeconds(5);

    private readonly PageLimits _limits;

    // One limiter for everything that is counted, because each has a timer of its own.
    private readonly PartitionedRateLimiter<Key> _limiter;

    public PageBounds(IOptions<WebOptions> options)
    {
        _limits = options.Value.Pages;
        _limiter = PartitionedRateLimiter.Create<Key, Key>(key => key.What switch
        {
            Counted.PagesOfPerson => Places(key, _limits.MaxPerPerson),
            Counted.PagesOfAddress => Places(key, _limits.MaxPerAddress),
            Counted.ConnectionsOfPerson => Places(key, _limits.MaxPerPerson * ConnectionsPerPage),
            Counted.ConnectionsOfAddress => Places(key, _limits.MaxPerAddress * ConnectionsPerPage),
            Counted.LoadsOfPerson => Rate(key, _limits.MaxPerPerson * LoadsPerPage, _limits.MaxPerPerson * LoadsPerPage),
            _ => Rate(key, _limits.LoadsPerMinute, _limits.LoadBurst),
        });
    }

    private enum Counted
    {
        PagesOfPerson,
        PagesOfAddress,
        ConnectionsOfPerson,
        ConnectionsOfAddress,
        LoadsOfPerson,
        LoadsOfAddress,
    }

    /// <summary>Counts a request that makes the server render a page or prepare a connection.</summary>
    /// <param name="personId">Who sent it; null for nobody.</param>
    /// <param name="address">Where it comes from.</param>
    /// <returns>Null if it may be answered.</returns>
    public PageRefusal? Load(Guid? personId, IPAddress? address)
    {
        var refusal = Take(Counted.LoadsOfPerson, Counted.LoadsOfAddress, personId, address, out var taken);
        taken?.Dispose();
        return refusal;
    }

    /// <summary>Counts a connection, or another request of one, until it ends.</summary>
    /// <param name="personId">Whose it is.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="held">To be disposed at its end.</param>
    /// <returns>Null if there may be one more.</returns>
    public PageRefusal? Connect(Guid? personId, IPAddress? address, out IDisposable? held) =>
        Take(Counted.ConnectionsOfPerson, Counted.ConnectionsOfAddress, personId, address, out held);

    /// <summary>Counts an open page until its circuit is gone.</summary>
    /// <param name="personId">Whose it is.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="held">To be disposed at its end.</param>
    /// <returns>Null if there may be one more.</returns>
    public PageRefusal? Open(Guid? personId, IPAddress? address, out IDisposable? held) =>
        Take(Counted.PagesOfPerson, Counted.PagesOfAddress, personId, address, out held);

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();

    private static RateLimitPartition<Key> Places(Key key, int most) =>
        RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 });

    private static RateLimitPartition<Key> Rate(Key key, int perMinute, int burst)
    {
        var perPeriod = Math.Max(1, perMinute / 60);
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = TimeSpan.FromMinutes(perPeriod / (double)perMinute),
            QueueLimit = 0,
        });
    }

    private static PageRefusal Refusal(Counted what, RateLimitLease lease)
    {
        var after = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : UntilClosed;
        return what switch
        {
            Counted.LoadsOfPerson => new("Refusal_LoadsOfPerson", "Refusal_TriesAgain", after),
            Counted.LoadsOfAddress => new("Refusal_LoadsOfNetwork", "Refusal_TriesAgain", after),
            Counted.PagesOfPerson or Counted.ConnectionsOfPerson => new("Refusal_PagesOfPerson", "Refusal_CloseOthers", after),
            _ => new("Refusal_PagesOfNetwork", "Refusal_WaitForOthers", after),
        };
    }

    // The person comes first: whoever has no more for themselves takes nothing from the others behind the address.
    private PageRefusal? Take(Counted ofPerson, Counted ofAddress, Guid? personId, IPAddress? address, out IDisposable? held)
    {
        held = null;
        var person = personId is { } id ? _limiter.AttemptAcquire(new Key(ofPerson, id.ToString("N", CultureInfo.InvariantCulture))) : null;
        if (person is { IsAcquired: false })
        {
            return Refusal(ofPerson, person);
        }

        var network = PersonAddresses.KeyOf(address) is { } key ? _limiter.AttemptAcquire(new Key(ofAddress, key)) : null;
        if (network is { IsAcquired: false })
        {
            person?.Dispose();
            return Refusal(ofAddress, network);
        }

        held = (person, network) switch
        {
            (null, _) => network,
            (_, null) => person,
            _ => new Both(person, network),
        };
        return null;
    }

    private readonly record struct Key(Counted What, string Who);

    private sealed class Both(IDisposable one, IDisposable other) : IDisposable
    {
        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }
}
