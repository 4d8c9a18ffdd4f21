using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>
/// How fast people may post, and do anything else in a room: token buckets, forgotten once they are full again. Messages have a bucket per
/// person, and so have new rooms and what is recorded in the audit log. All commands together have one per person and one per address,
/// because anybody can join again as somebody else.
/// </summary>
internal sealed class PostingRate : IDisposable
{
    // Nobody who clicks and types comes near these. They stop scripts, each of whose commands is a commit and news to all viewers.
    private const int CommandsPerMessage = 3;

    private const int PeoplePerAddress = 20;

    // Whoever sorts out the members of a room does so now and then. What is recorded is kept for long.
    private const int MessagesPerEntry = 6;

    // A server that allows few messages still has people who sort out their rooms.
    private const int LeastBurst = 60;

    private readonly IPersonAddresses _addresses;
    private readonly PartitionedRateLimiter<Guid> _messages;
    private readonly PartitionedRateLimiter<Guid> _commands;
    private readonly PartitionedRateLimiter<Guid> _recorded;
    private readonly PartitionedRateLimiter<string> _ofAddresses;
    private readonly PartitionedRateLimiter<Guid> _rooms;

    public PostingRate(IOptions<RoomsOptions> options, IPersonAddresses addresses)
    {
        _addresses = addresses;
        _messages = Buckets<Guid>(options, 1, 0);
        _commands = Buckets<Guid>(options, CommandsPerMessage, LeastBurst);
        _recorded = PartitionedRateLimiter.Create<Guid, Guid>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(LeastBurst, options.Value.MessageBurst),
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)MessagesPerEntry / options.Value.MessagesPerMinute),
            QueueLimit = 0,
        }));
        _ofAddresses = Buckets<string>(options, CommandsPerMessage * PeoplePerAddress, LeastBurst * PeoplePerAddress);
        _rooms = PartitionedRateLimiter.Create<Guid, Guid>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.MaxPerPerson,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromDays(1) / options.Value.MaxPerPerson,
            QueueLimit = 0,
        }));
    }

    /// <summary>Counts a command.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="isMessage">Whether it also counts as a message.</param>
    /// <param name="isRecorded">Whether it leaves an entry in the audit log.</param>
    /// <returns>False when the person has to wait.</returns>
    public bool TryTake(Guid personId, bool isMessage, bool isRecorded = false)
    {
        using var command = _commands.AttemptAcquire(personId);
        if (!command.IsAcquired)
        {
            return false;
        }

        if (_addresses.Find(personId) is { } address)
        {
            using var ofAddress = _ofAddresses.AttemptAcquire(address);
            if (!ofAddress.IsAcquired)
            {
                return false;
            }
        }

        if (isRecorded)
        {
            using var entry = _recorded.AttemptAcquire(personId);
            if (!entry.IsAcquired)
            {
                return false;
            }
        }

        if (!isMessage)
        {
            return true;
        }

        using var message = _messages.AttemptAcquire(personId);
        return message.IsAcquired;
    }

    /// <summary>
    /// Counts a room that somebody makes or brings back. They can have <see cref="RoomsOptions.MaxPerPerson"/> at a time, and as many new ones in a
    /// day, whatever becomes of them: whoever hands rooms over does not get places for more.
    /// </summary>
    /// <returns>False when the person has to wait.</returns>
    public bool TryTakeRoom(Guid personId)
    {
        using var room = _rooms.AttemptAcquire(personId);
        return room.IsAcquired;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _rooms.Dispose();
        _messages.Dispose();
        _commands.Dispose();
        _recorded.Dispose();
        _ofAddresses.Dispose();
    }

    private static PartitionedRateLimiter<T> Buckets<T>(IOptions<RoomsOptions> options, int times, int least)
        where T : notnull =>
        PartitionedRateLimiter.Create<T, T>(key =>
        {
            var perMinute = Math.Max(least, options.Value.MessagesPerMinute * times);
            var perPeriod = Math.Max(1, perMinute / 60);
            return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = Math.Max(least, options.Value.MessageBurst * times),
                TokensPerPeriod = perPeriod,
                ReplenishmentPeriod = TimeSpan.FromMinutes(perPeriod / (double)perMinute),
                QueueLimit = 0,
            });
        });
}

/// <summary>Where people are, as far as this process knows.</summary>
internal interface IPersonAddresses
{
    /// <summary>The network address that a person's newest page came from; null when it is unknown.</summary>
    string? Find(Guid personId);
}

/// <summary>For applications without pages.</summary>
internal sealed class NoAddresses : IPersonAddresses
{
    /// <inheritdoc />
    public string? Find(Guid personId) => null;
}
