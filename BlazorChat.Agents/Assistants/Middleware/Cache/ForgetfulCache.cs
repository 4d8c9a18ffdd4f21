using BlazorChat.Rooms;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>Lets the cache forget a room's answers when something that was in their prompts is changed or taken away.</summary>
internal sealed class ForgetfulCache(ResponseCache cache) : IRoomObserver
{
    public void OnRoomEvent(Guid roomId, RoomEvent roomEvent)
    {
        if (roomEvent is RoomEvent.MessageRemoved or RoomEvent.MessageChanged or RoomEvent.RoomCleared or RoomEvent.RoomDeleted or RoomEvent.RoomChanged)
        {
            cache.Forget(roomId);
        }
    }
}
