using BlazorChat.Rooms;

using BlazorChat.Assistants.Middleware.Redaction;

namespace BlazorChat.Assistants.Middleware;

/// <summary>Registers the middleware that ships with the application.</summary>
internal static class MiddlewareServices
{
    public static IServiceCollection AddChatMiddleware(this IServiceCollection services) => services
        .AddSingleton<ResponseCache>()
        .AddSingleton<IRoomObserver, ForgetfulCache>()
        .AddSingleton<IChatMiddleware, RedactionMiddleware>()
        .AddSingleton<IChatMiddleware, ThinkMiddleware>()
        .AddSingleton<IChatMiddleware, DefaultsMiddleware>()
        .AddSingleton<IChatMiddleware, SimulateStreamingMiddleware>()
        .AddSingleton<IChatMiddleware, LoggingMiddleware>()
        .AddSingleton<IChatMiddleware, CacheMiddleware>();
}
