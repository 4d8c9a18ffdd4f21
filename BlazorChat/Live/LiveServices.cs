using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>Registers the services that show rooms to circuits.</summary>
internal static class LiveServices
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<FrameInterval>();
        services.AddSingleton<ViewerNotifier>();
        services.AddSingleton<LiveMetrics>();
        services.AddSingleton<RoomProjections>();
        services.AddSingleton<RoomListProjection>();
        services.AddSingleton(s => new LiveRooms(s.GetRequiredService<RoomService>(), s.GetRequiredService<RoomProjections>(), s.GetRequiredService<RoomListProjection>()));
        return services;
    }
}
