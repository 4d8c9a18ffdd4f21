namespace BlazorChat.Assistants.Resilience;

/// <summary>The limits that a <see cref="GuardChatClient"/> sets for one response.</summary>
/// <param name="IdleTimeout">The longest silence of the provider between two pieces of a response; the reader's own time does not count. Anything that comes ends the silence, even what only keeps the connection open.</param>
/// <param name="TotalTimeout">The longest time from the request to the end, including retries and waits.</param>
/// <param name="RetryAttempts">How often a request that failed before the first token is retried.</param>
/// <param name="MaxResponseCharacters">The most characters (UTF-16) of text, reasoning (including its signature) and tool arguments.</param>
internal sealed record GuardLimits(TimeSpan IdleTimeout, TimeSpan TotalTimeout, int RetryAttempts, int MaxResponseCharacters);
