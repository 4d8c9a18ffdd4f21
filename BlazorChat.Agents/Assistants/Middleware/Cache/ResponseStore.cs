using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>A response that is kept.</summary>
/// <param name="Contents">Its contents, not to be changed.</param>
/// <param name="FinishReason">How it ended.</param>
/// <param name="ModelId">Who gave it.</param>
/// <param name="Characters">Its size.</param>
internal sealed record StoredResponse(IReadOnlyList<AIContent> Contents, ChatFinishReason FinishReason, string? ModelId, int Characters);

/// <summary>The responses of one cache: bounded in number, size and age, the least recently used go first.</summary>
internal sealed class ResponseStore(int maxEntries, int maxCharacters, TimeSpan maxAge, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _newestFirst = new();
    private long _characters;
    private long _forgotten;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Count;
            }
        }
    }

    /// <summary>Changes whenever a room is forgotten. Read it before the request that <see cref="Put"/> is for.</summary>
    public long Forgotten
    {
        get
        {
            lock (_lock)
            {
                return _forgotten;
            }
        }
    }

    public StoredResponse? Find(string key)
    {
        lock (_lock)
        {
            if (!_byKey.TryGetValue(key, out var node))
            {
                return null;
            }

            if (time.GetElapsedTime(node.Value.Since) >= maxAge)
            {
                Remove(node);
                return null;
            }

            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            return node.Value.Response;
        }
    }

    /// <summary>Keeps a response, unless a room was forgotten since <paramref name="forgotten"/> was read: it may hold what is to be forgotten.</summary>
    public void Put(string key, Guid room, StoredResponse response, long forgotten)
    {
        lock (_lock)
        {
            if (forgotten != _forgotten || response.Characters > maxCharacters)
            {
                return;
            }

            if (_byKey.TryGetValue(key, out var before))
            {
                Remove(before);
            }

            _byKey[key] = _newestFirst.AddFirst(new Entry(key, room, response, time.GetTimestamp()));
            _characters += response.Characters;
            while (_byKey.Count > maxEntries || _characters > maxCharacters)
            {
                Remove(_newestFirst.Last!);
            }
        }
    }

    public void Forget(Guid room)
    {
        lock (_lock)
        {
            _forgotten++;
            for (var node = _newestFirst.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Room == room)
                {
                    Remove(node);
                }

                node = next;
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _newestFirst.Remove(node);
        _byKey.Remove(node.Value.Key);
        _characters -= node.Value.Response.Characters;
    }

    private sealed record Entry(string Key, Guid Room, StoredResponse Response, long Since);
}
