using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Defaults;

/// <summary>Settings of the middleware <c>defaults</c>, named like those of <see cref="ChatOptions"/>. Settings that are left out change nothing.</summary>
internal sealed class DefaultsOptions
{
    [StringLength(200, MinimumLength = 1)]
    public string? ModelId { get; set; }

    [Range(0, 2)]
    public float? Temperature { get; set; }

    [Range(0, 1)]
    public float? TopP { get; set; }

    [Range(1, 100_000)]
    public int? TopK { get; set; }

    [Range(-2, 2)]
    public float? FrequencyPenalty { get; set; }

    [Range(-2, 2)]
    public float? PresencePenalty { get; set; }

    [Range(1, 1_000_000)]
    public int? MaxOutputTokens { get; set; }

    public long? Seed { get; set; }

    public bool? AllowMultipleToolCalls { get; set; }

    [EnumDataType(typeof(ReasoningEffort))]
    public ReasoningEffort? ReasoningEffort { get; set; }

    [MaxLength(20)]
    public IList<string>? StopSequences { get; set; }
}
