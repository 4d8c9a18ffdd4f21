namespace BlazorChat.Assistants.Resilience;

/// <summary>Decides which failures before the first token are retried, and when.</summary>
internal static class RetryRules
{
    /// <summary>The longest wait that a provider may ask for; if it asks for more, the request fails, because people are watching.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait that the guard chooses itself, before jitter.</summary>
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(16);

    /// <summary>True for failures that pass by themselves within seconds. A stall is not one: people have already waited, and should decide.</summary>
    public static bool IsTransient(ChatFailureException failure) =>
        failure.CanRetry
        && failure.Kind is ChatFailureKind.RateLimited
            or ChatFailureKind.ProviderError
            or ChatFailureKind.Unreachable
            or ChatFailureKind.ConnectionLost
            or ChatFailureKind.EndedEarly;

    /// <summary>
    /// Returns 1 s, 2 s, 4 s… up to <see cref="LongestBackOff"/>, plus or minus a quarter, so that rooms that failed together do not return
    /// together; or the wait that the provider asked for, plus up to a second. False if that is too long.
    /// </summary>
    public static bool TryGetDelay(ChatFailureException failure, int attempt, out TimeSpan delay)
    {
        // Not a secret, so any generator will do.
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
