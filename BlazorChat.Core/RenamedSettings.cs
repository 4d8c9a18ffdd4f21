namespace BlazorChat;

/// <summary>Settings that have been renamed. The old names still work, with a warning at start.</summary>
internal static partial class RenamedSettings
{
    private const string OldTurns = "Replies:";

    // A log category: Logging:LogLevel:BlazorChat.Replies, also under one provider and also for one type.
    private const string OldCategory = ":BlazorChat.Replies";

    private const string OldMaxResponseCharacters = ":MaxReplyCharacters";

    /// <summary>Whether a key is an old name.</summary>
    public static bool IsOld(string key) => NewNameOf(key) is not null;

    /// <summary>
    /// Copies values from old names to new ones. A value under the new name wins if its source is the same or stronger: an environment
    /// variable under the old name still overrides a file under the new one.
    /// </summary>
    /// <returns>The old and the new key of each renamed setting.</returns>
    public static IReadOnlyList<(string Old, string New)> Apply(ConfigurationManager configuration)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var found = new List<(string, string)>();
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (value is null || NewNameOf(key) is not { } name)
            {
                continue;
            }

            found.Add((key, name));
            if (StrengthOf(configuration, key) > StrengthOf(configuration, name))
            {
                values[name] = value;
            }
        }

        if (values.Count > 0)
        {
            configuration.AddInMemoryCollection(values);
        }

        return found;
    }

    /// <summary>Logs a warning for each old name in use.</summary>
    public static void Warn(ILogger logger, IEnumerable<(string Old, string New)> found)
    {
        foreach (var (old, name) in found)
        {
            LogRenamed(logger, old, name);
        }
    }

    private static string? NewNameOf(string key) =>
        key.StartsWith(OldTurns, StringComparison.OrdinalIgnoreCase) ? $"Turns:{key[OldTurns.Length..]}"
        : key.StartsWith("Assistants:Items:", StringComparison.OrdinalIgnoreCase) && key.EndsWith(OldMaxResponseCharacters, StringComparison.OrdinalIgnoreCase)
            ? $"{key[..^OldMaxResponseCharacters.Length]}:MaxResponseCharacters"
        : key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase) && key.IndexOf(OldCategory, StringComparison.OrdinalIgnoreCase) is var at and > 0
            ? $"{key[..at]}:BlazorChat.Turns{key[(at + OldCategory.Length)..]}"
        : null;

    // Later sources are stronger.
    private static int StrengthOf(IConfigurationRoot configuration, string key) =>
        configuration.Providers.Select((provider, i) => provider.TryGet(key, out _) ? i : -1).DefaultIfEmpty(-1).Max();

    [LoggerMessage(LogLevel.Warning, "The setting {OldKey} is now called {NewKey}. The old name still works; please use the new one.")]
    private static partial void LogRenamed(ILogger logger, string oldKey, string newKey);
}
