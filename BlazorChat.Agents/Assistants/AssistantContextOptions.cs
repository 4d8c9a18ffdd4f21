namespace BlazorChat.Assistants;

/// <summary>Which parts of a room are sent to an assistant's model: the section <c>Assistants:Items:n:Context</c>.</summary>
public sealed class AssistantContextOptions
{
    /// <summary>How many of the room's first messages are always sent, 0 to 100.</summary>
    public int KeepFirst { get; set; }

    /// <summary>Whether only the newest response is sent with its reasoning.</summary>
    public bool DropOldReasoning { get; set; } = true;

    /// <summary>Responses further back than this many (0 to 1,000,000) are sent without tool results; null to keep all results.</summary>
    public int? DropToolResultsAfter { get; set; } = 5;
}
