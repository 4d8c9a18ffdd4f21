namespace BlazorChat.Turns;

/// <summary>What happens to a response that the end of the process, or a provider that fell silent, cut off.</summary>
public enum RecoveryMode
{
    /// <summary>It is continued.</summary>
    Continue,

    /// <summary>It is marked as interrupted (or failed) and left to people.</summary>
    Mark,
}
