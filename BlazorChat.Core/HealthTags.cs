namespace BlazorChat;

/// <summary>Tags of health checks.</summary>
internal static class HealthTags
{
    /// <summary>Whether requests can be served.</summary>
    public const string Ready = "ready";
}
