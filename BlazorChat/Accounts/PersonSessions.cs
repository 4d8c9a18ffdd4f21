using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>What an OpenID provider says about a sign-in.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Session">Its own session, if it has one.</param>
/// <param name="RefreshToken">What it is asked with again, protected; null if it gave none.</param>
internal sealed record ProviderSession(string Provider, string? Session, string? RefreshToken);

/// <summary>Begins and ends the sessions that cookies name, and lets guests in.</summary>
internal sealed class PersonSessions(PeopleStore store, PeopleDirectory directory, NameRules names, OpenIdChecks checks, TimeProvider time)
{
    /// <summary>How exactly it is kept when somebody was last here: each step is a write.</summary>
    private static readonly TimeSpan SeenStep = TimeSpan.FromDays(1);

    /// <summary>Finds who a cookie stands for now. A cookie from before there were sessions gets one.</summary>
    /// <param name="cookie">Who the cookie says it is.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The person, with the name that they have now; null if the session has ended, or the account is gone or disabled.</returns>
    public async ValueTask<Person?> ResumeAsync(Person cookie, CancellationToken cancellationToken)
    {
        var sessionId = cookie.Session ?? cookie.Id;
        if (cookie.Session is null && directory.Find(cookie.Id) is null)
        {
            await AdoptAsync(cookie, cancellationToken).ConfigureAwait(false);
        }

        var now = time.GetUtcNow();
        if (directory.FindSession(sessionId) is not { } session || session.PersonId != cookie.Id || now >= session.EndsAt
            || directory.Find(cookie.Id) is not { StandingNow: not Standing.None } person)
        {
            return null;
        }

        // Not before what their account and groups are now.
        if (!await checks.ConfirmAsync(session, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        if (now - session.SeenAt >= SeenStep || now - person.SeenAt >= SeenStep)
        {
            await TouchAsync(sessionId, cancellationToken).ConfigureAwait(false);
        }

        return new Person(person.Id, person.Name) { Session = sessionId };
    }

    /// <summary>Lets somebody in as a guest.</summary>
    /// <param name="name">The name that they give, checked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<Person>> JoinAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await store.ChangeAsync<Result<Person>>(async change =>
        {
            var row = new PersonRow { Id = Guid.NewGuid(), Name = name, Standing = Standing.Guest, CreatedAt = now, SeenAt = now };
            if (!await names.TryTakeAsync(change, row, name).ConfigureAwait(false))
            {
                return NameRules.Taken(name);
            }

            change.Add(row);
            return await BeginAsync(change, row).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes the name of a guest or an account.</summary>
    /// <returns>The person with the new name; an error if somebody else has it.</returns>
    public async Task<Result<Person>> RenameAsync(Person person, string name, CancellationToken cancellationToken) =>
        await store.ChangeAsync<Result<Person>>(async change =>
        {
            if (directory.StandingOf(person) == Standing.None || await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
            {
                return RoomErrors.NoSuchPerson;
            }

            if (!await names.TryTakeAsync(change, row, name).ConfigureAwait(false))
            {
                return NameRules.Taken(name);
            }

            return person with { Name = name };
        }, cancellationToken).ConfigureAwait(false);

    /// <summary>Ends a session alone, also a guest's.</summary>
    public Task EndAsync(Person person, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (person.Session is { } session)
        {
            await change.EndSessionAsync(session).ConfigureAwait(false);
        }

        return true;
    }, cancellationToken);

    /// <summary>Signs somebody out of all browsers.</summary>
    public Task EndAllAsync(Guid personId, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        await change.EndSessionsAsync(personId, except: null).ConfigureAwait(false);
        change.Record(new AuditEntry(AuditAction.SignedOutEverywhere, personId, personId), time.GetUtcNow());
        return true;
    }, cancellationToken);

    /// <summary>Signs somebody in, in a change. One who does so again and again does not fill the server: the oldest sessions end.</summary>
    public async Task<Person> BeginAsync(PeopleChange change, PersonRow row, ProviderSession? provider = null)
    {
        await change.KeepNewestSessionsAsync(row.Id, AccountLinks.MostSessions - 1).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var session = new SessionRow { Id = Guid.NewGuid(), PersonId = row.Id, CreatedAt = now, SeenAt = now };
        if (provider is not null)
        {
            (session.Provider, session.ProviderSession, session.RefreshToken, session.CheckedAt) = (provider.Provider, provider.Session, provider.RefreshToken, now);
        }

        change.Add(session);
        row.SeenAt = now;
        return new Person(row.Id, row.Name) { Session = session.Id };
    }

    /// <summary>Why somebody cannot sign in with a provider, or with a passkey or a password of their own (null); null if they can.</summary>
    internal Task<RoomError?> RefuseAsync(Guid personId, string? provider, CancellationToken cancellationToken) => checks.RefuseAsync(personId, provider, cancellationToken);

    /// <summary>Whether somebody's session is one with the provider that their account came from: their others rest on it.</summary>
    internal bool IsOfOrigin(Person person) =>
        person.Session is { } id && directory.FindSession(id) is { Provider: { } provider } session && session.PersonId == person.Id && directory.Find(person.Id)?.AccountBy == provider;

    /// <summary>
    /// Signs somebody out of all browsers but this one, in a change. It gets another session, whose cookie has to be written: with the one before,
    /// a copy of its cookie ends.
    /// </summary>
    /// <returns>The person with the new session; null, with nothing changed, if theirs has ended.</returns>
    internal static async Task<Person?> RenewAsync(PeopleChange change, Person person)
    {
        var before = person.Session is { } id ? await change.FindSessionAsync(id).ConfigureAwait(false) : null;
        if (person.Session is not null && before is null)
        {
            return null;
        }

        await change.EndSessionsAsync(person.Id, except: null).ConfigureAwait(false);
        if (before is null)
        {
            return person;
        }

        var session = new SessionRow { Id = Guid.NewGuid(), PersonId = person.Id, CreatedAt = before.CreatedAt, SeenAt = before.SeenAt };
        (session.Provider, session.ProviderSession, session.RefreshToken, session.CheckedAt) = (before.Provider, before.ProviderSession, before.RefreshToken, before.CheckedAt);
        change.Add(session);
        return person with { Session = session.Id };
    }

    private Task<bool> AdoptAsync(Person cookie, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (await change.FindAsync(cookie.Id).ConfigureAwait(false) is not null || await change.HasLeftAsync(cookie.Id).ConfigureAwait(false))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var row = new PersonRow { Id = cookie.Id, Name = cookie.Name, Standing = Standing.Guest, IsFromBefore = true, CreatedAt = now, SeenAt = now };
        await names.TakeOrRenameAsync(change, row, cookie.Name).ConfigureAwait(false);
        change.Add(row);
        // The id is known to every copy of the cookie, so that all of them end together.
        change.Add(new SessionRow { Id = cookie.Id, PersonId = cookie.Id, CreatedAt = now, SeenAt = now });
        return true;
    }, cancellationToken);

    private async Task TouchAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        try
        {
            await store.ChangeAsync(async change =>
            {
                if (await change.FindSessionAsync(sessionId).ConfigureAwait(false) is { } session
                    && await change.FindAsync(session.PersonId).ConfigureAwait(false) is { } person)
                {
                    session.SeenAt = person.SeenAt = time.GetUtcNow();
                }

                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            // They are here all the same; the next request tries again.
        }
    }
}
