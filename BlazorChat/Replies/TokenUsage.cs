using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>What providers count, as it is added up.</summary>
internal static class TokenUsage
{
    public static TokenCounts Of(UsageDetails usage) => new(
        usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0, usage.ReasoningTokenCount ?? 0);
}
