using BlazorChat.Turns;

namespace BlazorChat.Assistants.Middleware;

/// <summary>The context in which middleware is created.</summary>
/// <param name="Assistant">The assistant that it belongs to.</param>
/// <param name="Settings">Its entry in the configuration; <see cref="MiddlewareSettings.Read{T}"/> converts it to an object.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Creates loggers. Log contents at <see cref="LogLevel.Trace"/> only.</param>
public sealed record ChatMiddlewareContext(Assistant Assistant, IConfigurationSection Settings, TimeProvider Time, ILoggerFactory Loggers);
