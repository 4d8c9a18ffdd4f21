using BlazorChat.Turns;

namespace BlazorChat.Assistants.Middleware;

/// <summary>What a middleware is made with.</summary>
/// <param name="Assistant">Whose it is.</param>
/// <param name="Settings">Its entry in the configuration; <see cref="MiddlewareSettings.Read{T}"/> makes an object of it.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where to log to; contents at <see cref="LogLevel.Trace"/> only.</param>
public sealed record ChatMiddlewareContext(Assistant Assistant, IConfigurationSection Settings, TimeProvider Time, ILoggerFactory Loggers);
