using BlazorChat.Access;
using BlazorChat.Messages;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>
/// Stores people, their sessions and one-time links. The directory learns of each change after it was stored, in the order of the changes.
/// </summary>
internal sealed class PeopleStore(Database database, PeopleDirectory directory) : IDisposable
{
    // Held until the directory knows: the database's own order ends with the transaction.
    private readonly SemaphoreSlim _order = new(1, 1);

    /// <summary>Reads everybody and all sessions into the directory, before the first request.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = await database.ReadAsync(async db => new PeopleChanged(
            [.. (await db.People.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).Select(p => p.ToPerson())],
            [],
            [.. (await db.Sessions.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).Select(s => s.ToSession())],
            []), cancellationToken).ConfigureAwait(false);
        directory.Apply(known);
    }

    /// <summary>Changes people in one transaction. If the result is a refusal, the change must not have changed anything.</summary>
    public async Task<T> ChangeAsync<T>(Func<PeopleChange, Task<T>> change, CancellationToken cancellationToken)
    {
        await _order.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PeopleChanged? changed = null;
            var result = await database.WriteAsync(async db =>
            {
                var scope = new PeopleChange(db, cancellationToken);
                var made = await change(scope).ConfigureAwait(false);
                changed = scope.Changed();
                return made;
            }, cancellationToken).ConfigureAwait(false);
            directory.Apply(changed!);
            return result;
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>Reads an account as Identity needs it; null if there is none.</summary>
    public Task<PersonRow?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.People.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken), cancellationToken);

    /// <summary>The same by the key of a name.</summary>
    public Task<PersonRow?> FindByNameAsync(string nameKey, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.People.AsNoTracking().FirstOrDefaultAsync(p => p.NameKey == nameKey, cancellationToken), cancellationToken);

    /// <summary>The same by the key of an e-mail address.</summary>
    public Task<PersonRow?> FindByEmailAsync(string emailKey, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.People.AsNoTracking().FirstOrDefaultAsync(p => p.EmailKey == emailKey, cancellationToken), cancellationToken);

    /// <summary>Reads a link by the hash of its token; null if there is none.</summary>
    public Task<OneTimeLinkRow?> FindLinkAsync(string tokenHash, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.OneTimeLinks.AsNoTracking().FirstOrDefaultAsync(l => l.TokenHash == tokenHash, cancellationToken), cancellationToken);

    /// <summary>The invite of a room by the hash of its token, if it makes accounts, and whether somebody has used it; null if there is none.</summary>
    public Task<FoundRoomInvite?> FindRoomInviteAsync(string tokenHash, Guid? personId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => new PeopleChange(db, cancellationToken).FindRoomInviteAsync(tokenHash, personId), cancellationToken);

    /// <summary>The links of a kind, newest first.</summary>
    public Task<List<OneTimeLinkRow>> ListLinksAsync(OneTimeLinkKind kind, CancellationToken cancellationToken) =>
        database.ReadAsync(
            db => db.OneTimeLinks.AsNoTracking().Where(l => l.Kind == kind).OrderByDescending(l => l.CreatedAt).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Reads a session with its tokens; null if it has ended.</summary>
    public Task<SessionRow?> FindSessionAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellationToken), cancellationToken);

    /// <summary>The accounts of providers that somebody has linked.</summary>
    public Task<List<ExternalLoginRow>> ListLoginsAsync(Guid personId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.ExternalLogins.AsNoTracking().Where(l => l.PersonId == personId).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>An account of a provider, by the provider's id; null if nobody has linked it.</summary>
    public Task<ExternalLoginRow?> FindLoginAsync(string provider, string subject, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.ExternalLogins.AsNoTracking().FirstOrDefaultAsync(l => l.Provider == provider && l.Subject == subject, cancellationToken), cancellationToken);

    /// <summary>Somebody's passkeys, oldest first.</summary>
    public Task<List<PasskeyRow>> ListPasskeysAsync(Guid personId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.Passkeys.AsNoTracking().Where(p => p.PersonId == personId).OrderBy(p => p.CreatedAt).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>A passkey by id; null if there is none.</summary>
    public Task<PasskeyRow?> FindPasskeyAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.Passkeys.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken), cancellationToken);

    /// <summary>The roles that somebody has by groups of a provider.</summary>
    public Task<List<GroupRoleRow>> ListGroupRolesAsync(Guid personId, string provider, CancellationToken cancellationToken) =>
        database.ReadAsync(
            db => db.GroupRoles.AsNoTracking().Where(r => r.PersonId == personId && r.Provider == provider).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Everybody who has something by groups, with the provider.</summary>
    public Task<List<(Guid PersonId, string Provider)>> ListGroupHoldersAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async db =>
        {
            var members = await db.GroupRoles.AsNoTracking().Select(r => new { r.PersonId, r.Provider }).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false);
            var administrators = await db.People.AsNoTracking().Where(p => p.AdministratorBy != null && p.Standing == Standing.Administrator).Select(p => new { PersonId = p.Id, Provider = p.AdministratorBy! })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return members.Concat(administrators).Distinct().Select(h => (h.PersonId, h.Provider)).ToList();
        }, cancellationToken);

    public void Dispose() => _order.Dispose();
}

/// <summary>An invite of a room that makes accounts.</summary>
/// <param name="Invite">The invite.</param>
/// <param name="IsUsed">Whether the person who asks has used it before.</param>
internal sealed record FoundRoomInvite(RoomInviteRow Invite, bool IsUsed);

/// <summary>People, sessions and links within a transaction.</summary>
internal sealed class PeopleChange(ChatDbContext db, CancellationToken cancellationToken)
{
    private readonly HashSet<PersonRow> _people = [];
    private readonly HashSet<PersonRow> _gone = [];
    private readonly HashSet<SessionRow> _sessions = [];
    private readonly HashSet<SessionRow> _ended = [];

    /// <summary>Why sessions end with this change.</summary>
    public SessionEnd Why { get; set; }

    /// <summary>What all of it means for the directory.</summary>
    public PeopleChanged Changed()
    {
        Note();
        return new PeopleChanged(
            [.. _people.Except(_gone).Select(p => p.ToPerson())],
            [.. _gone.Select(p => p.Id)],
            [.. _sessions.Except(_ended).Select(s => s.ToSession())],
            [.. _ended.Select(s => s.ToSession())])
        {
            Why = Why,
        };
    }

    /// <inheritdoc cref="PeopleStore.FindRoomInviteAsync" />
    public async Task<FoundRoomInvite?> FindRoomInviteAsync(string tokenHash, Guid? personId) =>
        await db.RoomInvites.FirstOrDefaultAsync(i => i.TokenHash == tokenHash && i.MakesAccounts, cancellationToken).ConfigureAwait(false) is { } invite
            ? new FoundRoomInvite(
                invite, personId is { } id && await db.RoomInviteUses.AnyAsync(u => u.InviteId == invite.Id && u.PersonId == id, cancellationToken).ConfigureAwait(false))
            : null;

    /// <summary>Counts somebody who makes an account with an invite of a room.</summary>
    public void Use(RoomInviteRow invite, Guid personId, DateTimeOffset at)
    {
        invite.Uses++;
        db.RoomInviteUses.Add(new RoomInviteUseRow { InviteId = invite.Id, PersonId = personId, UsedAt = at });
    }

    /// <summary>Somebody by id.</summary>
    public Task<PersonRow?> FindAsync(Guid id) => db.People.FirstOrDefaultAsync(p => p.Id == id, cancellationToken);

    /// <summary>Somebody by the key of their name.</summary>
    public Task<PersonRow?> FindByNameAsync(string nameKey) => db.People.FirstOrDefaultAsync(p => p.NameKey == nameKey, cancellationToken);

    /// <summary>All who gave an e-mail address.</summary>
    public Task<List<PersonRow>> FindByEmailAsync(string emailKey) => db.People.Where(p => p.EmailKey == emailKey).ToListAsync(cancellationToken);

    /// <summary>All who have a name.</summary>
    public Task<List<PersonRow>> ListNamedAsync() => db.People.Where(p => p.NameKey != null).OrderBy(p => p.CreatedAt).ToListAsync(cancellationToken);

    /// <summary>Whether somebody left before there were accounts, which voids their cookie.</summary>
    public Task<bool> HasLeftAsync(Guid id) => db.Leavers.AnyAsync(l => l.PersonId == id, cancellationToken);

    /// <summary>Writes what has changed so far, still within the transaction.</summary>
    public async Task SaveAsync()
    {
        Note();
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds somebody.</summary>
    public void Add(PersonRow person) => db.People.Add(person);

    /// <summary>Takes all values of somebody from a copy.</summary>
    public void Set(PersonRow person, PersonRow copy) => db.Entry(person).CurrentValues.SetValues(copy);

    /// <summary>Removes somebody with all of their sessions and links.</summary>
    public async Task RemoveAsync(PersonRow person)
    {
        await EndSessionsAsync(person.Id, except: null).ConfigureAwait(false);
        db.OneTimeLinks.RemoveRange(await db.OneTimeLinks.Where(l => l.PersonId == person.Id).ToListAsync(cancellationToken).ConfigureAwait(false));
        db.People.Remove(person);
    }

    /// <summary>Deletes somebody's account with all of its sessions and links. The id stays, without anything else.</summary>
    public async Task DeleteAsync(PersonRow person, MessagesOfDeleted messages, DateTimeOffset now)
    {
        await EndSessionsAsync(person.Id, except: null).ConfigureAwait(false);
        db.OneTimeLinks.RemoveRange(await db.OneTimeLinks.Where(l => l.PersonId == person.Id || l.CreatedById == person.Id).ToListAsync(cancellationToken).ConfigureAwait(false));
        // The row stays, so that nothing goes with it by itself.
        await db.Passkeys.Where(k => k.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.ExternalLogins.Where(l => l.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.GroupRoles.Where(r => r.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        person.SetDeleted(messages, now);
    }

    /// <summary>Records what the change does.</summary>
    public void Record(AuditEntry entry, DateTimeOffset now) => db.Audit.Add(AuditRow.Of(entry with { At = now }));

    /// <summary>A session by id.</summary>
    public Task<SessionRow?> FindSessionAsync(Guid id) => db.Sessions.FirstOrDefaultAsync(s => s.Id == id, cancellationToken);

    /// <summary>Begins a session.</summary>
    public void Add(SessionRow session) => db.Sessions.Add(session);

    /// <summary>Ends a session.</summary>
    /// <returns>False if it had ended before.</returns>
    public async Task<bool> EndSessionAsync(Guid id)
    {
        if (await FindSessionAsync(id).ConfigureAwait(false) is not { } session)
        {
            return false;
        }

        db.Sessions.Remove(session);
        return true;
    }

    /// <summary>Ends all sessions of a person but one.</summary>
    public async Task EndSessionsAsync(Guid personId, Guid? except) =>
        db.Sessions.RemoveRange(await db.Sessions.Where(s => s.PersonId == personId && s.Id != except).ToListAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Ends all sessions of a person but those in which they were seen last.</summary>
    public async Task KeepNewestSessionsAsync(Guid personId, int count) => db.Sessions.RemoveRange(
        (await db.Sessions.Where(s => s.PersonId == personId).ToListAsync(cancellationToken).ConfigureAwait(false))
        .OrderByDescending(s => s.SeenAt).ThenByDescending(s => s.CreatedAt).Skip(count));

    /// <summary>Ends the sessions of a person that a provider confirmed. One may go on without the provider.</summary>
    public async Task EndProviderSessionsAsync(string provider, Guid personId, Guid? except)
    {
        foreach (var session in await db.Sessions.Where(s => s.PersonId == personId && s.Provider == provider).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (session.Id == except)
            {
                (session.Provider, session.ProviderSession, session.RefreshToken, session.CheckedAt) = (null, null, null, null);
            }
            else
            {
                db.Sessions.Remove(session);
            }
        }
    }

    /// <summary>Ends what a provider names: one session there, or all of an account.</summary>
    /// <returns>Whose sessions ended, one for each.</returns>
    public async Task<IReadOnlyList<Guid>> EndProviderSessionsAsync(string provider, string? subject, string? providerSession)
    {
        var sessions = await db.Sessions.Where(s => s.Provider == provider
            && (providerSession == null || s.ProviderSession == providerSession)
            && (subject == null || db.ExternalLogins.Any(l => l.Provider == provider && l.Subject == subject && l.PersonId == s.PersonId))).ToListAsync(cancellationToken).ConfigureAwait(false);
        db.Sessions.RemoveRange(sessions);
        return sessions.ConvertAll(s => s.PersonId);
    }

    /// <summary>A passkey by id.</summary>
    public Task<PasskeyRow?> FindPasskeyAsync(string id) => db.Passkeys.FirstOrDefaultAsync(p => p.Id == id, cancellationToken);

    /// <summary>How many passkeys somebody has.</summary>
    public Task<int> CountPasskeysAsync(Guid personId) => db.Passkeys.CountAsync(p => p.PersonId == personId, cancellationToken);

    /// <summary>In how many ways somebody can sign in: by a password, and by each passkey and account of a provider.</summary>
    /// <param name="person">Who.</param>
    /// <param name="providers">The providers with which people can sign in now.</param>
    public async Task<int> CountWaysInAsync(PersonRow person, IReadOnlyList<string> providers) =>
        (person.PasswordHash is null ? 0 : 1) + await CountPasskeysAsync(person.Id).ConfigureAwait(false)
        + await db.ExternalLogins.CountAsync(l => l.PersonId == person.Id && providers.Contains(l.Provider), cancellationToken).ConfigureAwait(false);

    /// <summary>Adds a passkey.</summary>
    public void Add(PasskeyRow passkey) => db.Passkeys.Add(passkey);

    /// <summary>Removes a passkey.</summary>
    public void Remove(PasskeyRow passkey) => db.Passkeys.Remove(passkey);

    /// <summary>An account of a provider, by the provider's id.</summary>
    public Task<ExternalLoginRow?> FindLoginAsync(string provider, string subject) =>
        db.ExternalLogins.FirstOrDefaultAsync(l => l.Provider == provider && l.Subject == subject, cancellationToken);

    /// <summary>Links an account of a provider.</summary>
    public void Add(ExternalLoginRow login) => db.ExternalLogins.Add(login);

    /// <summary>Unlinks somebody's account of a provider.</summary>
    public Task RemoveLoginAsync(string provider, Guid personId) =>
        db.ExternalLogins.Where(l => l.Provider == provider && l.PersonId == personId).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Notes the role that somebody has in a room by a group; null for none.</summary>
    public async Task SetGroupRoleAsync(Guid personId, string provider, Guid roomId, RoomRole? role)
    {
        var known = await db.GroupRoles.FirstOrDefaultAsync(r => r.PersonId == personId && r.Provider == provider && r.RoomId == roomId, cancellationToken).ConfigureAwait(false);
        if (role is not { } given)
        {
            db.GroupRoles.RemoveRange(known is null ? [] : [known]);
        }
        else if (known is not null)
        {
            known.Role = given;
        }
        else
        {
            db.GroupRoles.Add(new GroupRoleRow { PersonId = personId, Provider = provider, RoomId = roomId, Role = given });
        }
    }

    /// <summary>Removes what is out of date: sessions, links, guests without a session, and notes of cookies that have expired.</summary>
    public async Task RemoveExpiredAsync(DateTimeOffset now)
    {
        var old = now - KnownSession.Lifetime;
        await db.Leavers.Where(l => l.LeftAt < old).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.OneTimeLinks.Where(l => l.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        db.Sessions.RemoveRange(await db.Sessions.Where(s => s.SeenAt < old).ToListAsync(cancellationToken).ConfigureAwait(false));
        db.People.RemoveRange(await db.People.Where(p => p.Standing < Standing.Registered && p.SeenAt < old && p.Messages == MessagesOfDeleted.None && p.AdministratorBy == null).ToListAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A link by the hash of its token.</summary>
    public Task<OneTimeLinkRow?> FindLinkAsync(string tokenHash) => db.OneTimeLinks.FirstOrDefaultAsync(l => l.TokenHash == tokenHash, cancellationToken);

    /// <summary>How many links of a kind work.</summary>
    public Task<int> CountLinksAsync(OneTimeLinkKind kind, DateTimeOffset now) => db.OneTimeLinks.CountAsync(l => l.Kind == kind && l.ExpiresAt > now, cancellationToken);

    /// <summary>Adds a link.</summary>
    public void Add(OneTimeLinkRow link) => db.OneTimeLinks.Add(link);

    /// <summary>Uses a link up.</summary>
    public void Remove(OneTimeLinkRow link) => db.OneTimeLinks.Remove(link);

    /// <summary>Removes a link by id.</summary>
    public Task RemoveLinkAsync(Guid id) => db.OneTimeLinks.Where(l => l.Id == id).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Removes all links that set somebody's password: whoever may have one must not undo what was just done for the account.</summary>
    public Task RemoveResetsAsync(Guid personId) => db.OneTimeLinks
        .Where(l => l.PersonId == personId && (l.Kind == OneTimeLinkKind.Password || l.Kind == OneTimeLinkKind.MailedPassword)).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Removes all links of a kind: everybody's, or one person's.</summary>
    public Task RemoveLinksAsync(OneTimeLinkKind kind, Guid? personId) =>
        db.OneTimeLinks.Where(l => l.Kind == kind && (personId == null || l.PersonId == personId)).ExecuteDeleteAsync(cancellationToken);

    private void Note()
    {
        db.ChangeTracker.DetectChanges();
        // Whoever has an older copy of the row must not write it over this one.
        foreach (var entry in db.ChangeTracker.Entries<PersonRow>().Where(e => e.State == EntityState.Modified && !e.Property(p => p.ConcurrencyStamp).IsModified).ToList())
        {
            entry.Entity.ConcurrencyStamp = Guid.NewGuid().ToString("N");
        }

        Note(_people, _gone);
        Note(_sessions, _ended);
    }

    private void Note<T>(HashSet<T> changed, HashSet<T> gone)
        where T : class
    {
        foreach (var entry in db.ChangeTracker.Entries<T>())
        {
            if (entry.State is EntityState.Added or EntityState.Modified)
            {
                changed.Add(entry.Entity);
            }
            else if (entry.State == EntityState.Deleted)
            {
                gone.Add(entry.Entity);
            }
        }
    }
}
