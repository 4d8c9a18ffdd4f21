using System.Collections.Concurrent;
using BlazorChat.Messages;

namespace BlazorChat.Accounts;

/// <summary>
/// Which sessions have just begun with a look at who it is: by a passkey, or by a provider that had them sign in. It stands in for the password
/// of people who have none. In memory: after a restart, they sign in once more.
/// </summary>
internal sealed class RecentSignIns(TimeProvider time)
{
    /// <summary>For how long somebody who has signed in need not show again that it is they.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _until = new();

    /// <summary>Notes that somebody's session has just begun like this.</summary>
    public void Add(Person person)
    {
        var now = time.GetUtcNow();
        foreach (var (session, until) in _until)
        {
            if (until <= now)
            {
                _until.TryRemove(session, out _);
            }
        }

        _until[person.Session!.Value] = now + Lifetime;
    }

    /// <summary>Whether somebody's session has just begun like this.</summary>
    public bool Has(Person person) => person.Session is { } session && _until.TryGetValue(session, out var until) && until > time.GetUtcNow();
}
