using BlazorChat.Rooms;

namespace BlazorChat.Replies;

/// <summary>Registers what answers need but for the store and the assistants.</summary>
internal static class RepliesServices
{
    public static IServiceCollection AddReplies(this IServiceCollection services)
    {
        services.AddSingleton<RunningTurns>();
        services.AddSingleton<IRoomObserver>(s => s.GetRequiredService<RunningTurns>());
        services.AddSingleton<ReplyService>();
        return services;
    }
}
