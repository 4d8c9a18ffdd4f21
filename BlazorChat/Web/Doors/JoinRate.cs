using System.Net;
using System.Threading.RateLimiting;
using BlazorChat.Accounts;
using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Web;

/// <summary>
/// How many people may join from one address: enough for a class that opens the page at the same time, too few for a script. And how often one
/// of them may want another name, which also tells which names are taken.
/// </summary>
internal sealed class JoinRate(IOptions<AccountsOptions> options) : IDisposable
{
    // Somebody who is looking for a name that is free.
    private const int NameBurst = 20;

    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.JoinBurst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1.0 / options.Value.JoinsPerMinute),
            QueueLimit = 0,
        }));

    private readonly PartitionedRateLimiter<Guid> _names = PartitionedRateLimiter.Create<Guid, Guid>(personId =>
        RateLimitPartition.GetTokenBucketLimiter(personId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = NameBurst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));

    /// <summary>Counts a person who joins or registers.</summary>
    /// <returns>Null if they may; otherwise what they read, with how long to wait.</returns>
    public RoomError? Take(IPAddress? address)
    {
        if (PersonAddresses.KeyOf(address) is not { } key)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key);
        return ErrorOf(lease, "Too many people have just joined from your network. Please wait a minute and try again.");
    }

    /// <summary>Counts a person who wants another name.</summary>
    /// <returns>Null if they may; otherwise what they read, with how long to wait.</returns>
    public RoomError? TakeName(Guid personId)
    {
        using var lease = _names.AttemptAcquire(personId);
        return ErrorOf(lease, "You have changed your name too often. Please wait a minute and try again.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _limiter.Dispose();
        _names.Dispose();
    }

    private static RoomError? ErrorOf(RateLimitLease lease, ErrorSentence sentence) => lease.IsAcquired ? null : new RoomError(RoomErrorKind.Limit, sentence)
    {
        RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1),
    };
}
