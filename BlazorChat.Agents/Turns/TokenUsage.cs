using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>What providers count, as it is added up.</summary>
internal static class TokenUsage
{
    public static TokenCounts Of(UsageDetails usage)
    {
        var (input, cached) = (usage.InputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
        // Some servers count what was cached beside the rest, which shows when it is more.
        return new TokenCounts(cached > input ? input + cached : input, usage.OutputTokenCount ?? 0, cached, usage.ReasoningTokenCount ?? 0);
    }
}
