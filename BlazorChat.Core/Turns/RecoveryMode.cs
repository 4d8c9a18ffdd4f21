namespace BlazorChat.Turns;

/// <summary>The treatment of a response that was cut off, by the end of the process or by a provider that fell silent.</summary>
public enum RecoveryMode
{
    /// <summary>It is continued.</summary>
    Continue,

    /// <summary>It is marked as interrupted (or failed); people decide what to do.</summary>
    Mark,
}
