using System.Collections.Immutable;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>All responses that the middleware <c>cache</c> keeps, for all assistants. In memory only; thread-safe.</summary>
internal sealed class ResponseCache
{
    private ImmutableList<ResponseStore> _stores = [];

    /// <summary>
    /// Forgets all responses of a room, including those being written. Call it when something that may have been in a prompt (a message, a
    /// version, the instructions) is edited or deleted, and when the room is deleted.
    /// </summary>
    /// <param name="roomId">The room.</param>
    public void Forget(Guid roomId)
    {
        foreach (var store in _stores)
        {
            store.Forget(roomId);
        }
    }

    /// <summary>The number of kept responses.</summary>
    public int Count => _stores.Sum(store => store.Count);

    internal ResponseStore Add(CacheOptions options, TimeProvider time)
    {
        var store = new ResponseStore(options.MaxEntries, options.MaxCharacters, options.MaxAge, time);
        ImmutableInterlocked.Update(ref _stores, (stores, added) => stores.Add(added), store);
        return store;
    }
}
