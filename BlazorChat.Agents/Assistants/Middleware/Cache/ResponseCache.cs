using System.Collections.Immutable;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>All answers that the middleware <c>cache</c> keeps, of all assistants. In memory only; for any thread.</summary>
internal sealed class ResponseCache
{
    private ImmutableList<ResponseStore> _stores = [];

    /// <summary>
    /// Forgets every response that was given in a room, and keeps none of those that are being given now: call it when something
    /// that may have been in a prompt (a message, a version, the instructions) is edited or deleted, and when the room is.
    /// </summary>
    /// <param name="roomId">The room.</param>
    public void Forget(Guid roomId)
    {
        foreach (var store in _stores)
        {
            store.Forget(roomId);
        }
    }

    /// <summary>How many responses are kept.</summary>
    public int Count => _stores.Sum(store => store.Count);

    internal ResponseStore Add(CacheOptions options, TimeProvider time)
    {
        var store = new ResponseStore(options.MaxEntries, options.MaxCharacters, options.MaxAge, time);
        ImmutableInterlocked.Update(ref _stores, (stores, added) => stores.Add(added), store);
        return store;
    }
}
