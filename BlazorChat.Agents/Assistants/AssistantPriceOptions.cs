namespace BlazorChat.Assistants;

/// <summary>What an assistant's provider takes per million tokens, in any one currency, 0 to 1,000,000 each: the section <c>Assistants:Items:n:Prices</c>.</summary>
public sealed class AssistantPriceOptions
{
    /// <summary>For tokens of prompts. Required.</summary>
    public decimal? Input { get; set; }

    /// <summary>For generated tokens. Required.</summary>
    public decimal? Output { get; set; }

    /// <summary>For those of prompts that came from the provider's cache. Left out: the same as others.</summary>
    public decimal? CachedInput { get; set; }
}
