using System.Runtime.InteropServices;

namespace BlazorChat.Messages;

/// <summary>Tokens of one or more responses, as counted by providers.</summary>
/// <param name="Input">Tokens of prompts, including cached ones.</param>
/// <param name="Output">Generated tokens, including reasoning.</param>
/// <param name="CachedInput">The part of <paramref name="Input"/> that came from the provider's cache.</param>
/// <param name="Reasoning">The part of <paramref name="Output"/> that was reasoning.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenCounts(long Input, long Output, long CachedInput, long Reasoning)
{
    /// <summary>The sum.</summary>
    public static TokenCounts operator +(TokenCounts a, TokenCounts b) => a.Add(b);

    /// <summary>The sum.</summary>
    public TokenCounts Add(TokenCounts other) =>
        new(Input + other.Input, Output + other.Output, CachedInput + other.CachedInput, Reasoning + other.Reasoning);
}

/// <summary>How a response came about.</summary>
public sealed record ResponseMetadata
{
    /// <summary>Who had this version written or continued, if that is somebody else than the asker; null otherwise.</summary>
    public Author? RequestedBy { get; init; }

    /// <summary>The model, as the provider names it.</summary>
    public string? Model { get; init; }

    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    /// <summary>When this version of the response began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its first token arrived; null when none did.</summary>
    public DateTimeOffset? FirstTokenAt { get; init; }

    /// <summary>Tokens of all its steps.</summary>
    public TokenCounts Tokens { get; init; }

    /// <summary>The cost at the configured prices, in their currency; null when no prices are configured.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The number of requests to the model.</summary>
    public int Steps { get; init; }
}
