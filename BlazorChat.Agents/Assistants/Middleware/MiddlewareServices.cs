using BlazorChat.Assistants.Middleware.Cache;
using BlazorChat.Assistants.Middleware.Defaults;
using BlazorChat.Assistants.Middleware.Logging;
using BlazorChat.Assistants.Middleware.Redaction;
using BlazorChat.Assistants.Middleware.Think;
using BlazorChat.Rooms;

namespace BlazorChat.Assistants.Middleware;

/// <summary>Registers the built-in middleware.</summary>
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
