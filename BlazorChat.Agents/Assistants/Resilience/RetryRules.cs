namespace BlazorChat.Assistants.Resilience;

/// <summary>Which failures before the first token are repeated, and after how long.</summary>
internal static class RetryRules
{
    /// <summary>The longest wait that a provider may ask for before the request fails instead: people are watching.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait of the guard's own choosing, before jitter.</summary>
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(16);

    /// <summary>True for what passes by itself within seconds. A stall is not: people have waited long enough to be asked.</summary>
    public static bool IsTransient(ChatFailureException failure) =>
        failure.CanRetry
        && failure.Kind is ChatFailureKind.RateLimited
            or ChatFailureKind.ProviderError
            or ChatFailureKind.Unreachable
            or ChatFailureKind.ConnectionLost
            or ChatFailureKind.EndedEarly;

    /// <summary>
    /// 1 s, 2 s, 4 s… up to <see cref="LongestBackOff"/>, give or take a quarter so that rooms that failed together do not
    /// return together; or what the provider asked for, and up to a second more. False when that is too long.
    /// </summary>
    public static bool TryGetDelay(ChatFailureException failure, int attempt, out TimeSpan delay)
    {
        // Not a secret: any generator will do.
#pragma warning disable CA5394
        var jitter = Random.Shared.NextDouble();
#pragma warning restore CA5394
        if (failure.RetryAfter is { } asked)
        {
            delay = asked + TimeSpan.FromSeconds(jitter);
            return asked <= LongestRetryAfter;
        }

        var seconds = Math.Min(Math.Pow(2, attempt - 1), LongestBackOff.TotalSeconds);
        delay = TimeSpan.FromSeconds(seconds * (0.75 + (jitter / 2)));
        return true;
    }
}
