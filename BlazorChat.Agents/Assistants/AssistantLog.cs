namespace BlazorChat.Assistants;

/// <summary>Log messages about assistants at startup: no keys, no addresses.</summary>
internal static partial class AssistantLog
{
    [LoggerMessage(LogLevel.Information, "Assistant {Name} ({Id}) uses {Provider}, model {Model}")]
    public static partial void Configured(ILogger logger, string name, string id, string provider, string model);

    [LoggerMessage(LogLevel.Warning, "{Setting} is not sent: the provider of assistant {Name} ({Provider}) does not support it")]
    public static partial void NotSent(ILogger logger, string setting, string name, string provider);
}
