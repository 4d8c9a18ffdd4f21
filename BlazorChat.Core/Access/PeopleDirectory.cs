using System.Collections.Concurrent;
using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Text;

namespace BlazorChat.Access;

/// <summary>
/// Everybody who is somebody here, and the sessions through which they act, in memory: loaded before the first request, and told of each
/// change after it was stored. So a permission costs no query, and whoever loses an account or a session has lost it everywhere at once.
/// </summary>
internal sealed class PeopleDirectory(IGuests guests) : IPeople
{
    private readonly ConcurrentDictionary<Guid, KnownPerson> _people = new();
    private readonly ConcurrentDictionary<Guid, KnownSession> _sessions = new();
    private readonly ConcurrentDictionary<string, Guid> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, bool> _administrators = new();

    // Who is an administrator, disabled or not, or was one by a group.
    private readonly ConcurrentDictionary<Guid, bool> _formerAdministrators = new();
    private volatile bool _hadAdministrator;

    /// <inheritdoc />
    public event EventHandler<RightsChangedEventArgs>? Changed;

    /// <summary>Whether an administrator exists who is not disabled.</summary>
    public bool HasAdministrator => !_administrators.IsEmpty;

    /// <summary>
    /// Whether this server ever had an administrator. People here cannot take away the last one, but a group of their organization can: the server
    /// does not become a new one by that, which lets guests in and has whoever finds a link become the administrator.
    /// </summary>
    public bool HadAdministrator => _hadAdministrator;

    /// <summary>Whether guests are let in now.</summary>
    public bool LetsGuestsIn => guests.AreLetIn(HadAdministrator);

    /// <summary>All sessions, in no order.</summary>
    public IEnumerable<KnownSession> Sessions => _sessions.Values;

    /// <summary>Everybody, in no order.</summary>
    public IEnumerable<KnownPerson> People => _people.Values;

    /// <inheritdoc />
    public Standing StandingOf(Person person)
    {
        if (person.Session is { } session && !IsValid(session, person.Id))
        {
            return Standing.None;
        }

        var standing = _people.TryGetValue(person.Id, out var known) ? known.StandingNow
            // Code on the server may act for somebody who has never been here.
            : person.Session is null ? Standing.Guest
            : Standing.None;
        return standing == Standing.Guest && !LetsGuestsIn ? Standing.None : standing;
    }

    /// <inheritdoc />
    public string? NameOf(Guid personId) => _people.GetValueOrDefault(personId)?.Name;

    /// <inheritdoc />
    public bool IsGone(Guid personId) => Find(personId) is { } known && (known.StandingNow == Standing.None || (known.StandingNow == Standing.Guest && !LetsGuestsIn));

    /// <inheritdoc />
    public Guid? FindByName(string name) => FindByKey(NameKeys.Of(name)) is { StandingNow: not Standing.None } known ? known.Id : null;

    /// <summary>Somebody by id; null if nobody has it.</summary>
    public KnownPerson? Find(Guid personId) => _people.GetValueOrDefault(personId);

    /// <summary>Somebody by the key of their name; null if the name is free.</summary>
    public KnownPerson? FindByKey(string nameKey) => _names.TryGetValue(nameKey, out var id) ? Find(id) : null;

    /// <summary>Everybody whose name looks like one of these keys as it is written.</summary>
    public IEnumerable<Guid> FindByLooks(ImmutableArray<string> keys) => from known in _people where known.Value.LooksKey is { } looks && keys.Contains(looks, StringComparer.Ordinal) select known.Key;

    /// <summary>A session; null if it has ended or never was.</summary>
    public KnownSession? FindSession(Guid sessionId) => _sessions.GetValueOrDefault(sessionId);

    /// <summary>Whether a session is one of this person's and has not ended.</summary>
    public bool IsValid(Guid sessionId, Guid personId) => _sessions.TryGetValue(sessionId, out var session) && session.PersonId == personId;

    /// <summary>Takes a change that was stored. One call after the other, in the order in which they were stored.</summary>
    public void Apply(PeopleChanged change)
    {
        var had = HadAdministrator;
        foreach (var session in change.Sessions)
        {
            _sessions[session.Id] = session;
        }

        foreach (var session in change.Ended)
        {
            _sessions.TryRemove(session.Id, out _);
        }

        foreach (var id in change.Gone)
        {
            Remove(id);
        }

        // First all names that are given up: another may take one in the same change.
        foreach (var person in change.People)
        {
            Forget(person.Id);
        }

        foreach (var person in change.People)
        {
            Set(person);
        }

        _hadAdministrator = !_formerAdministrators.IsEmpty;
        if (Changed is not { } changed)
        {
            return;
        }

        foreach (var id in change.People.Select(p => p.Id).Concat(change.Gone).Concat(change.Ended.Select(s => s.PersonId)).Distinct())
        {
            changed(this, new RightsChangedEventArgs(id) { Why = change.Why });
        }

        if (had != HadAdministrator)
        {
            // With the first administrator, guests may not be let in any more.
            changed(this, new RightsChangedEventArgs(Guid.Empty));
        }
    }

    /// <summary>Ends what was not used for long. The database forgets it with the next start.</summary>
    /// <param name="now">The time.</param>
    /// <returns>When to come back.</returns>
    public DateTimeOffset EndAged(DateTimeOffset now)
    {
        var next = now + KnownSession.Lifetime;
        foreach (var (id, session) in _sessions)
        {
            if (session.EndsAt > now)
            {
                next = session.EndsAt < next ? session.EndsAt : next;
            }
            // Only as it was seen: it may have been used meanwhile.
            else if (_sessions.TryRemove(KeyValuePair.Create(id, session)))
            {
                Changed?.Invoke(this, new RightsChangedEventArgs(session.PersonId) { Why = SessionEnd.Aged });
            }
        }

        return next;
    }

    private void Set(KnownPerson person)
    {
        _people[person.Id] = person;
        if (person.NameKey is { } key)
        {
            _names[key] = person.Id;
        }

        if (person.StandingNow == Standing.Administrator)
        {
            _administrators[person.Id] = true;
        }

        if (person.Standing == Standing.Administrator || person.IsAdministratorByGroup)
        {
            _formerAdministrators[person.Id] = true;
        }
        else
        {
            _formerAdministrators.TryRemove(person.Id, out _);
        }
    }

    private void Remove(Guid id)
    {
        Forget(id);
        _people.TryRemove(id, out _);
        _formerAdministrators.TryRemove(id, out _);
    }

    // All but the entry itself, which readers must find at any time.
    private void Forget(Guid id)
    {
        if (_people.TryGetValue(id, out var known) && known.NameKey is { } key)
        {
            _names.TryRemove(KeyValuePair.Create(key, id));
        }

        _administrators.TryRemove(id, out _);
    }
}
