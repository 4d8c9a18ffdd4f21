namespace BlazorChat.Assistants.Resilience;

/// <summary>What a <see cref="GuardChatClient"/> allows one response.</summary>
/// <param name="IdleTimeout">The longest silence of the provider between two pieces of a response; time that the reader takes does not count.</param>
/// <param name="TotalTimeout">The longest time from the request to the end, retries and waits included.</param>
/// <param name="RetryAttempts">How often a request is repeated that failed before the first token.</param>
/// <param name="MaxResponseCharacters">The most characters (UTF-16) of text, reasoning (with what belongs to it) and the arguments of tool calls.</param>
internal sealed record GuardLimits(TimeSpan IdleTimeout, TimeSpan TotalTimeout, int RetryAttempts, int MaxResponseCharacters);
