using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Logging;

/// <summary>Logs requests and responses at its place in the pipeline: counts, times and kinds at Debug, contents at Trace only.</summary>
internal sealed class LoggingMiddleware : IChatMiddleware
{
    public string Name => "logging";

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<object>(settings);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new LoggingChatClient(inner, context.Assistant.Id, context.Time, context.Loggers.CreateLogger<LoggingChatClient>());
}
