using System.Net;
using BlazorChat.Rooms;
using BlazorChat.Web;

namespace BlazorChat.Accounts;

/// <summary>
/// How long whoever signs in has to wait after failures: the longer, the more there were for the name and for the address. A name that
/// nobody has is held up like any other. A browser in which somebody signed in before has a count of its own for them, so that nobody can
/// lock others out, and whoever shares the browser has as few attempts as anybody.
/// </summary>
internal sealed class SignInWaits(TimeProvider time)
{
    // Typing errors.
    private const int FreeByName = 5;

    // As many people may work behind one address.
    private const int FreeByAddress = 300;

    private const int Most = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);

    /// <summary>
    /// Counts an attempt as failed before its outcome is known, so that many at once are no way around it; see <see cref="Succeeded"/>.
    /// </summary>
    /// <param name="nameKey">The key of the name.</param>
    /// <param name="address">Where it comes from.</param>
    /// <param name="browser">The browser's id, if this person has signed in there before.</param>
    /// <returns>Null if the attempt may be made; otherwise what they read, with how long to wait.</returns>
    public RoomError? Begin(string nameKey, IPAddress? address, string? browser)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            var byName = Find(ByName(nameKey, browser), now);
            var byAddress = browser is null && ByAddress(address) is { } key ? Find(key, now) : null;
            var wait = Max(byName.Left(time, now), byAddress?.Left(time, now) ?? TimeSpan.Zero);
            if (wait > TimeSpan.Zero)
            {
                return TooOften(wait);
            }

            byName.Fail(now, FreeByName);
            byAddress?.Fail(now, FreeByAddress);
            return null;
        }
    }

    /// <summary>Takes back what <see cref="Begin"/> counted.</summary>
    public void Succeeded(string nameKey, IPAddress? address, string? browser)
    {
        lock (_lock)
        {
            _counts.Remove(ByName(nameKey, browser));
            if (browser is null && ByAddress(address) is { } key && _counts.TryGetValue(key, out var count))
            {
                count.TakeBack();
            }
        }
    }

    private static RoomError TooOften(TimeSpan wait)
    {
        var (seconds, minutes) = (Math.Ceiling(wait.TotalSeconds), Math.Ceiling(wait.TotalMinutes));
        var error = seconds is 1 ? new RoomError(RoomErrorKind.Limit, "Too many attempts failed. Please try again in a second.")
            : wait < TimeSpan.FromMinutes(1) ? new RoomError(RoomErrorKind.Limit, $"Too many attempts failed. Please try again in {seconds} seconds.")
            : minutes is 1 ? new RoomError(RoomErrorKind.Limit, "Too many attempts failed. Please try again in a minute.")
            : new RoomError(RoomErrorKind.Limit, $"Too many attempts failed. Please try again in {minutes} minutes.");
        return error with { RetryAfter = wait };
    }

    private static string ByName(string nameKey, string? browser) => browser is null ? $"n{nameKey}" : $"b{browser} {nameKey}";

    private static string? ByAddress(IPAddress? address) => PersonAddresses.KeyOf(address) is { } key ? $"a{key}" : null;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private Count Find(string key, long now)
    {
        if (_counts.TryGetValue(key, out var count))
        {
            if (time.GetElapsedTime(count.At, now) < Remembered)
            {
                return count;
            }

            _counts.Remove(key);
        }

        if (_counts.Count >= Most)
        {
            // Those that matter least: first what is out of date, then what holds nobody up.
            foreach (var old in _counts.OrderBy(c => c.Value.Failures).ThenBy(c => c.Value.At).Take(Most / 2).Select(c => c.Key).ToList())
            {
                _counts.Remove(old);
            }
        }

        return _counts[key] = new Count { At = now };
    }

    private sealed class Count
    {
        private TimeSpan _wait;

        public int Failures { get; private set; }

        public long At { get; set; }

        public TimeSpan Left(TimeProvider time, long now) => _wait - time.GetElapsedTime(At, now);

        public void Fail(long now, int free)
        {
            At = now;
            Failures++;
            var over = Failures - free;
            _wait = over < 0 ? TimeSpan.Zero
                : over > 10 ? Longest
                : TimeSpan.FromSeconds(Math.Min(1 << over, Longest.TotalSeconds));
        }

        public void TakeBack()
        {
            Failures = Math.Max(0, Failures - 1);
            _wait = TimeSpan.Zero;
        }
    }
}
