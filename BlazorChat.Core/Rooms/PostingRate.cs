using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>How fast each person may post: one token bucket per person, forgotten once it is full again.</summary>
internal sealed class PostingRate(IOptions<RoomsOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(person =>
        RateLimitPartition.GetTokenBucketLimiter(person, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.MessageBurst,
            TokensPerPeriod = Math.Max(1, options.Value.MessagesPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromMinutes(Math.Max(1, options.Value.MessagesPerMinute / 60) / (double)options.Value.MessagesPerMinute),
            QueueLimit = 0,
        }));

    /// <summary>Takes one token.</summary>
    /// <returns>False when the person has to wait.</returns>
    public bool TryTake(Guid personId)
    {
        using var lease = _limiter.AttemptAcquire(personId);
        return lease.IsAcquired;
    }

    /// <inheritdoc />
    public void Dispose() => _limiter.Dispose();
}
