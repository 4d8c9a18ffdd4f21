namespace BlazorChat.Turns;

/// <summary>Who can answer.</summary>
public interface IAssistants
{
    /// <summary>All, in the configured order; at least one. The first answers when nobody is mentioned.</summary>
    IReadOnlyList<Assistant> All { get; }

    /// <summary>The assistant with this id (exact), or null: one that wrote messages may have gone from the configuration since.</summary>
    Assistant? Find(string assistantId);
}
