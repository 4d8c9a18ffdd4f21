namespace BlazorChat.Assistants;

/// <summary>Formats numbers for people.</summary>
internal static class Durations
{
    /// <summary>A duration in its largest sensible unit, rounded up: "45 seconds", "5 minutes", "2 hours".</summary>
    public static string InWords(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(90) ? Count(duration.TotalSeconds, "second")
        : duration < TimeSpan.FromMinutes(90) ? Count(duration.TotalMinutes, "minute")
        : Count(duration.TotalHours, "hour");

    private static string Count(double number, string unit)
    {
        var whole = (long)Math.Ceiling(number);
        return whole == 1 ? $"1 {unit}" : $"{whole} {unit}s";
    }
}
