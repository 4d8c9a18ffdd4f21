using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>A kept response.</summary>
/// <param name="Contents">Its contents; must not be changed.</param>
/// <param name="FinishReason">How it ended.</param>
/// <param name="ModelId">The model that wrote it.</param>
/// <param name="Characters">Its size in characters.</param>
internal sealed record StoredResponse(IReadOnlyList<AIContent> Contents, ChatFinishReason FinishReason, string? ModelId, int Characters);

/// <summary>The responses of one cache, with limits on number, size and age. The least recently used ones are removed first.</summary>
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

    /// <summary>Changes whenever a room is forgotten. Read it before the request whose response goes to <see cref="Put"/>.</summary>
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

    /// <summary>Keeps a response, unless a room was forgotten after <paramref name="forgotten"/> was read: the response may contain what must be forgotten.</summary>
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
