namespace BlazorChat;

/// <summary>What checks of health are about.</summary>
internal static class HealthTags
{
    /// <summary>Whether requests can be served.</summary>
    public const string Ready = "ready";
}
