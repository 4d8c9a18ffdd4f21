using System.Net;
using System.Threading.RateLimiting;

namespace BlazorChat.Web;

/// <summary>How many people may join from one address: enough for a class that opens the page at the same time, too few for a script.</summary>
internal sealed class JoinRate : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 200,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Counts a person who joins.</summary>
    /// <returns>False when too many have joined from there.</returns>
    public bool TryTake(IPAddress? address)
    {
        if (PersonAddresses.KeyOf(address) is not { } key)
        {
            return true;
        }

        using var lease = _limiter.AttemptAcquire(key);
        return lease.IsAcquired;
    }

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();
}
