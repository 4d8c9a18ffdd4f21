using BlazorChat.Access;
using BlazorChat.Commands;
using BlazorChat.Outbox;
using BlazorChat.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>Registers the services of rooms, except the store and the response rules.</summary>
internal static class RoomsServices
{
    public static IServiceCollection AddRooms(this IServiceCollection services)
    {
        services.AddSection<RoomsOptions>(RoomsOptions.Section)
            .Validate(o => Names.CheckRoomName(o.LobbyName).Error is null, "The setting Rooms:LobbyName is not a valid room name.");
        services.AddSection<AuditOptions>(AuditOptions.Section);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RoomAccessDirectory>();
        services.AddSingleton<PeopleDirectory>();
        services.AddSingleton<IPeople>(s => s.GetRequiredService<PeopleDirectory>());
        services.AddSingleton<RoomCreation>();
        services.AddSingleton<IRoomAuthorizer, RoomAuthorizer>();
        services.AddSingleton<RoomGates>();
        services.AddSingleton<RoomsMetrics>();
        services.AddSingleton<PostingRate>();
        services.TryAddSingleton<IPersonAddresses, NoAddresses>();
        services.AddSingleton<OutboxSignal>();
        services.AddHostedService<OutboxDelivery>();
        services.AddSingleton(s => new RoomBroadcaster(
            s.GetRequiredService<IRoomStore>(), s.GetRequiredService<RoomGates>(), s.GetRequiredService<RoomAccessDirectory>(), s.GetRequiredService<OutboxSignal>(), s.GetRequiredService<RoomsMetrics>(),
            s.GetRequiredService<TimeProvider>(), s, s.GetRequiredService<ILogger<RoomBroadcaster>>()));
        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<IRoomObserver>(s => s.GetRequiredService<RoomDirectory>());
        services.AddSingleton<Lobby>();
        services.AddSingleton<RoomCommandServices>();
        services.AddSingleton<IRoomOwners, RoomCommandPipeline>();
        services.AddSingleton(s => new RoomService(
            s.GetRequiredService<IRoomOwners>(), s.GetRequiredService<IRoomAuthorizer>(), s.GetRequiredService<IRoomStore>(), s.GetRequiredService<RoomDirectory>(),
            s.GetRequiredService<RoomAccessDirectory>(), s.GetRequiredService<RoomCreation>(), s.GetRequiredService<IPeople>(), s.GetRequiredService<PostingRate>(),
            s.GetRequiredService<IOptions<RoomsOptions>>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RoomService>>()));
        return services;
    }
}
