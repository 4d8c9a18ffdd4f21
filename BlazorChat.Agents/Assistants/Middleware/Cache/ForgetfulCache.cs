using BlazorChat.Rooms;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>Makes the cache forget a room's responses when something in their prompts is changed or removed.</summary>
internal sealed class ForgetfulCache(ResponseCache cache) : IRoomObserver
{
    public void OnRoomEvent(Guid roomId, RoomEvent roomEvent)
    {
        if (roomEvent is RoomEvent.MessageRemoved or RoomEvent.PersonForgotten or RoomEvent.MessageChanged or RoomEvent.RoomCleared or RoomEvent.RoomDeleted or RoomEvent.RoomChanged)
        {
            cache.Forget(roomId);
        }
    }
}
