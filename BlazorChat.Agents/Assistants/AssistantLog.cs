namespace BlazorChat.Assistants;

/// <summary>What is logged about assistants at start: no keys, no addresses.</summary>
internal static partial class AssistantLog
{
    [LoggerMessage(LogLevel.Information, "Assistant {Name} ({Id}) answers by {Provider}, model {Model}")]
    public static partial void Configured(ILogger logger, string name, string id, string provider, string model);

    [LoggerMessage(LogLevel.Warning, "{Setting} is not sent: what assistant {Name} answers by ({Provider}) does not know it")]
    public static partial void NotSent(ILogger logger, string setting, string name, string provider);
}
