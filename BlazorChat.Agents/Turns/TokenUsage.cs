using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>Converts the usage that providers report.</summary>
internal static class TokenUsage
{
    public static TokenCounts Of(UsageDetails usage)
    {
        var (input, cached) = (usage.InputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0);
        // Some servers count cached tokens separately from the input. That shows when there are more of them.
        return new TokenCounts(cached > input ? input + cached : input, usage.OutputTokenCount ?? 0, cached, usage.ReasoningTokenCount ?? 0);
    }
}
