namespace BlazorChat.Turns;

/// <summary>The configured assistants.</summary>
public interface IAssistants
{
    /// <summary>All assistants in the configured order; at least one. The first one answers when no one is mentioned.</summary>
    IReadOnlyList<Assistant> All { get; }

    /// <summary>The assistant with exactly this id, or null: an author of old messages may no longer be configured.</summary>
    Assistant? Find(string assistantId);
}
