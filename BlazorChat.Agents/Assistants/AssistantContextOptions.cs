namespace BlazorChat.Assistants;

/// <summary>What of a room is sent to an assistant's model: the section <c>Assistants:Items:n:Context</c>.</summary>
public sealed class AssistantContextOptions
{
    /// <summary>How many of the room's first messages are always sent, 0 to 100.</summary>
    public int KeepFirst { get; set; }

    /// <summary>Whether reasoning is sent of the newest response only.</summary>
    public bool DropOldReasoning { get; set; } = true;

    /// <summary>In answers further back than this many, 0 to 1,000,000, tools' results are left out.</summary>
    public int? DropToolResultsAfter { get; set; } = 5;
}
