namespace BlazorChat.Assistants;

/// <summary>Prices of an assistant's provider per million tokens, in any one currency, 0 to 1,000,000 each: the section <c>Assistants:Items:n:Prices</c>.</summary>
public sealed class AssistantPriceOptions
{
    /// <summary>For prompt tokens. Required.</summary>
    public decimal? Input { get; set; }

    /// <summary>For generated tokens. Required.</summary>
    public decimal? Output { get; set; }

    /// <summary>For prompt tokens from the provider's cache. Default: the same price as other prompt tokens.</summary>
    public decimal? CachedInput { get; set; }
}
