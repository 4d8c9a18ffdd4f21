using System.Runtime.InteropServices;

namespace BlazorChat.Messages;

/// <summary>Tokens as a provider counted them, of one response or of many.</summary>
/// <param name="Input">Tokens of prompts, those from a cache included.</param>
/// <param name="Output">Tokens that were generated, those of reasoning included.</param>
/// <param name="CachedInput">Those of <paramref name="Input"/> that came from the provider's cache.</param>
/// <param name="Reasoning">Those of <paramref name="Output"/> that were reasoning.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenCounts(long Input, long Output, long CachedInput, long Reasoning)
{
    /// <summary>The sum.</summary>
    public static TokenCounts operator +(TokenCounts a, TokenCounts b) => a.Add(b);

    /// <summary>The sum.</summary>
    public TokenCounts Add(TokenCounts other) =>
        new(Input + other.Input, Output + other.Output, CachedInput + other.CachedInput, Reasoning + other.Reasoning);
}

/// <summary>What is known of how a response came about.</summary>
public sealed record ResponseMetadata
{
    /// <summary>The model that answered, as the provider names it.</summary>
    public string? Model { get; init; }

    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    /// <summary>When this version of the response began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its first piece came; null when none did.</summary>
    public DateTimeOffset? FirstTokenAt { get; init; }

    /// <summary>Tokens of all its steps.</summary>
    public TokenCounts Tokens { get; init; }

    /// <summary>What it cost by the configured prices, in their currency; null where none are configured.</summary>
    public decimal? Cost { get; init; }

    /// <summary>How many requests to the model it took.</summary>
    public int Steps { get; init; }
}
