using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Threading.RateLimiting;
using BlazorChat.Access;
using BlazorChat.Storage;
using BlazorChat.Web;

namespace BlazorChat.Accounts;

/// <summary>
/// OpenID Connect Back-Channel Logout: a provider says that somebody has signed out there, or was signed out. The request comes from the
/// provider's server, so that its signed token is all that counts.
/// </summary>
internal sealed partial class BackChannelLogout(PeopleStore store, OpenIdProviders providers, OpenIdTokens tokens, OpenIdChecks checks, TimeProvider time, ILogger<BackChannelLogout> logger) : IDisposable
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    private const int LongestForm = 32 * 1024;

    // Of requests that were refused: a provider that signs everybody out at once is not held up.
    private const int FreeRefusals = 30;

    private const int RefusalsPerMinute = 30;

    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    // As clocks differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    // Each token works once; older ones are refused by their age.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    private readonly PartitionedRateLimiter<string> _refused = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(
        address,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = FreeRefusals, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(1.0 / RefusalsPerMinute), QueueLimit = 0 }));

    // When a refusal was logged last, for each provider.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _logged = new(StringComparer.Ordinal);

    /// <summary>Answers a provider's request.</summary>
    public async Task<IResult> RunAsync(HttpContext context, string name)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (providers.Find(name) is not { } provider)
        {
            return Results.NotFound();
        }

        var address = PersonAddresses.KeyOf(context.Connection.RemoteIpAddress);
        // A whole one: asking for none is granted for a part of one.
        if (address is not null && _refused.GetStatistics(address) is { CurrentAvailablePermits: < 1 })
        {
            context.Response.Headers.RetryAfter = "60";
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > LongestForm)
        {
            return Refuse(provider, address);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        if (form["logout_token"].ToString() is not { Length: > 0 } token
            || await tokens.ValidateAsync(provider, token, context.RequestAborted).ConfigureAwait(false) is not { } claims
            || !IsLogout(claims) || !IsFresh(provider, claims))
        {
            return Refuse(provider, address);
        }

        var (subject, session) = (TextOf(claims, "sub"), TextOf(claims, "sid"));
        var ended = await store.ChangeAsync(async change =>
        {
            change.Why = SessionEnd.Provider;
            var people = await change.EndProviderSessionsAsync(provider.Name, subject, session).ConfigureAwait(false);
            foreach (var personId in people.Distinct())
            {
                change.Record(new AuditEntry(AuditAction.SignedOutByProvider, By: null, personId), time.GetUtcNow());
            }

            return people;
        }, context.RequestAborted).ConfigureAwait(false);
        foreach (var personId in ended.Distinct())
        {
            await checks.EndOthersAsync(personId).ConfigureAwait(false);
        }

        LogEnded(ended.Count, provider.Name);
        return Results.Ok();
    }

    /// <inheritdoc />
    public void Dispose() => _refused.Dispose();

    // A token of another kind that the provider signed for this server, such as an ID token, signs nobody out.
    private static bool IsLogout(IDictionary<string, object> claims) =>
        !claims.ContainsKey("nonce") && (TextOf(claims, "sub") ?? TextOf(claims, "sid")) is not null
        && claims.TryGetValue("events", out var events) && events is JsonElement { ValueKind: JsonValueKind.Object } what
        && what.TryGetProperty(LogoutEvent, out var empty) && empty.ValueKind == JsonValueKind.Object;

    private static string? TextOf(IDictionary<string, object> claims, string name) => claims.TryGetValue(name, out var value) && value is string { Length: > 0 and <= 255 } text ? text : null;

    private bool IsFresh(OpenIdProvider provider, IDictionary<string, object> claims)
    {
        var now = time.GetUtcNow();
        if (!claims.TryGetValue("iat", out var issued) || !long.TryParse(Convert.ToString(issued, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var seconds)
            || now.ToUnixTimeSeconds() - seconds > LongestAge.TotalSeconds || seconds - now.ToUnixTimeSeconds() > Skew.TotalSeconds
            || TextOf(claims, "jti") is not { } id)
        {
            return false;
        }

        foreach (var (old, until) in _used)
        {
            if (until < now)
            {
                _used.TryRemove(old, out _);
            }
        }

        return _used.TryAdd($"{provider.Name} {id}", now + LongestAge + Skew);
    }

    private IResult Refuse(OpenIdProvider provider, string? address)
    {
        if (address is not null)
        {
            _refused.AttemptAcquire(address).Dispose();
        }

        var now = time.GetUtcNow();
        var last = _logged.GetValueOrDefault(provider.Name);
        if (now - last >= BetweenWarnings && (last == default ? _logged.TryAdd(provider.Name, now) : _logged.TryUpdate(provider.Name, now, last)))
        {
            LogRefused(provider.Name);
        }

        return Results.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
    }

    [LoggerMessage(LogLevel.Information, "{Count} sessions ended by a logout token of the OpenID provider {Provider}.")]
    private partial void LogEnded(int count, string provider);

    [LoggerMessage(LogLevel.Warning, "A logout token for the OpenID provider {Provider} was refused. More of them in the next minute are not logged.")]
    private partial void LogRefused(string provider);
}
