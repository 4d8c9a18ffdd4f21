using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using BlazorChat.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>Why somebody whom a provider knows is not signed in.</summary>
internal enum ExternalRefusal
{
    /// <summary>The provider's answer was not good, or they turned back.</summary>
    Failed,

    /// <summary>They have no account here, and get none this way.</summary>
    Unknown,

    /// <summary>None of their groups may sign in.</summary>
    Group,

    /// <summary>The account is disabled.</summary>
    Disabled,

    /// <summary>The provider's account is somebody else's here, or the page was signed out meanwhile.</summary>
    NotLinked,

    /// <summary>The account came from another provider, with which no sign-in holds.</summary>
    Origin,

    /// <summary>Whoever was to sign in again did so with an account that is not theirs here.</summary>
    NotYours,

    /// <summary>The provider says that whoever was to sign in again did so earlier.</summary>
    NotAgain,

    /// <summary>Too many people have just got an account from this address of the network.</summary>
    TooMany,
}

/// <summary>An account of a provider that somebody has linked.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Label">What the account is called there; null if none is linked.</param>
/// <param name="IsLinked">Whether one is linked.</param>
/// <param name="IsOrigin">Whether the account here came from it, and ends with it.</param>
internal sealed record ExternalLogin(OpenIdProvider Provider, string? Label, bool IsLinked, bool IsOrigin);

/// <summary>What somebody wants at a provider besides signing in.</summary>
/// <param name="Link">The token with which they link the account; null for not at all.</param>
/// <param name="IsAgain">Whether they are signed in, and show that it is they.</param>
internal sealed record ExternalWish(string? Link, bool IsAgain);

/// <summary>
/// What a sign-in with an OpenID provider means here. A provider's account belongs to somebody by the provider's id for it alone, never by
/// a name or an address: those can be chosen. One per use.
/// </summary>
internal sealed class ExternalSignIns(
    PeopleStore store, PeopleDirectory directory, AccountAuthorizer authorizer, PersonSessions sessions, OwnProofs proofs, SignInFlow flow, JoinRate joins, NameRules names, OpenIdProviders providers, OpenIdTokens tokens,
    GroupRights rights, RecentSignIns recent, IOptions<AccountsOptions> options, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Without it, they could not sign in any more.</summary>
    public static readonly RoomError OnlyWayIn = new(RoomErrorKind.Conflict, "This is your only way to sign in. Set a password first.");

    private const int LongestSubject = 255;

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _links = protection.CreateProtector("BlazorChat.Accounts.ExternalSignIns.Link");

    /// <summary>The providers, and which of them somebody has linked.</summary>
    public async Task<IReadOnlyList<ExternalLogin>> ListAsync(Person person, CancellationToken cancellationToken)
    {
        if (providers.All.Count == 0 || !authorizer.May(person, AccountPermission.ChangeOwn))
        {
            return [];
        }

        var linked = await store.ListLoginsAsync(person.Id, cancellationToken).ConfigureAwait(false);
        var origin = directory.Find(person.Id)?.AccountBy;
        return [.. providers.All.Select(p => (Provider: p, Login: linked.Find(l => l.Provider == p.Name))).Select(p => new ExternalLogin(p.Provider, p.Login?.Label, p.Login is not null, p.Provider.Name == origin && !p.Provider.Options.AllowOtherSignIns))];
    }

    /// <summary>
    /// Lets somebody link an account of a provider, after they have shown that it is they. Without the result, no page of another site can have a
    /// browser link an account.
    /// </summary>
    /// <returns>The token of the link to the provider.</returns>
    public async Task<Result<string>> BeginLinkAsync(Person person, OpenIdProvider provider, string? password, CancellationToken cancellationToken)
    {
        if ((await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false)).Error is { } no)
        {
            return no;
        }

        var until = (time.GetUtcNow() + LinkLifetime).ToUnixTimeSeconds();
        return _links.Protect(string.Create(CultureInfo.InvariantCulture, $"{provider.Name} {person.Id:N} {person.Session:N} {until}"));
    }

    /// <summary>Whether a token is one of <see cref="BeginLinkAsync"/> for whoever is signed in here.</summary>
    public bool IsOwnLink(HttpContext context, OpenIdProvider provider, string token) => PersonPrincipal.Find(context.User) is { } person && IsOwnLink(person, provider, token);

    /// <summary>Takes a provider's account away from somebody, and with it what its groups gave.</summary>
    public async Task<RoomError?> UnlinkAsync(Person person, OpenIdProvider provider, string? password, CancellationToken cancellationToken)
    {
        if ((await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false)).Error is { } no)
        {
            return no;
        }

        var error = await store.ChangeAsync(async change =>
        {
            if (await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row || await change.CountWaysInAsync(row, providers.Names).ConfigureAwait(false) < 2)
            {
                return OnlyWayIn;
            }

            if (row.AccountBy == provider.Name && !provider.Options.AllowOtherSignIns)
            {
                return Comes(provider);
            }

            row.AccountBy = row.AccountBy == provider.Name ? null : row.AccountBy;
            await change.RemoveLoginAsync(provider.Name, person.Id).ConfigureAwait(false);
            // All but this page, whose person has just shown that it is they.
            await change.EndProviderSessionsAsync(provider.Name, person.Id, except: person.Session).ConfigureAwait(false);
            change.Record(new AuditEntry(AuditAction.SignInChanged, person.Id, person.Id), time.GetUtcNow());
            return null;
        }, cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        await rights.ApplyAsync(provider, person.Id, new HashSet<string>(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Signs in whom a provider confirmed, once more for whoever is to show that it is they, or links the account.</summary>
    /// <returns>Why not; null if it was done.</returns>
    public async Task<ExternalRefusal?> ReceiveAsync(HttpContext context, OpenIdProvider provider, ClaimsPrincipal principal, string? refreshToken, ExternalWish wish)
    {
        var link = wish.Link;
        var subject = principal.FindFirstValue("sub");
        if (subject is not { Length: > 0 and <= LongestSubject })
        {
            return ExternalRefusal.Failed;
        }

        var groups = OpenIdTokens.GroupsOf(provider, principal.Claims);
        if (!provider.Admits(groups))
        {
            return ExternalRefusal.Group;
        }

        // The provider's answer is handled before anybody asks who sent the request.
        if (await context.AuthenticateAsync().ConfigureAwait(false) is { Succeeded: true } cookie)
        {
            context.User = cookie.Principal;
        }

        var current = PersonPrincipal.Find(context.User);
        var isRecent = HasJustSignedIn(principal, wish.IsAgain);
        if (wish.IsAgain && !isRecent)
        {
            return ExternalRefusal.NotAgain;
        }

        if (link is not null && (current is null || !IsOwnLink(current, provider, link) || !authorizer.May(current, AccountPermission.ChangeOwn)))
        {
            return ExternalRefusal.NotLinked;
        }

        var whose = link is not null ? current!.Id : (await store.FindLoginAsync(provider.Name, subject, context.RequestAborted).ConfigureAwait(false))?.PersonId;
        if (whose is { } known && await sessions.RefuseAsync(known, provider.Name, context.RequestAborted).ConfigureAwait(false) is not null)
        {
            return ExternalRefusal.Origin;
        }

        var guest = context.FindPerson() is { } before && directory.Find(before.Id) is { Standing: Standing.Guest, IsDisabled: false } ? before : null;
        var sid = principal.FindFirstValue("sid") is { Length: <= LongestSubject } session ? session : null;
        ExternalRefusal? refused = null;
        var person = await store.ChangeAsync(async change =>
        {
            var login = await change.FindLoginAsync(provider.Name, subject).ConfigureAwait(false);
            var row = login is not null ? await change.FindAsync(login.PersonId).ConfigureAwait(false) : null;
            if (wish.IsAgain && current is not null && login?.PersonId != current.Id)
            {
                refused = ExternalRefusal.NotYours;
                return null;
            }

            if (link is not null)
            {
                if (login is not null && login.PersonId != current!.Id)
                {
                    refused = ExternalRefusal.NotLinked;
                    return null;
                }

                row = await change.FindAsync(current!.Id).ConfigureAwait(false);
                // Another account of the same provider takes the place of the one before.
                await change.RemoveLoginAsync(provider.Name, current.Id).ConfigureAwait(false);
                login = null;
            }

            if (row is null)
            {
                if (!(provider.Options.CreateAccounts ?? options.Value.Registration == Registration.Open))
                {
                    refused = ExternalRefusal.Unknown;
                    return null;
                }

                if (joins.Take(context.Connection.RemoteIpAddress) is not null)
                {
                    refused = ExternalRefusal.TooMany;
                    return null;
                }

                row = await CreateAsync(change, provider, principal, guest).ConfigureAwait(false);
            }

            if (row.IsDisabled)
            {
                refused = ExternalRefusal.Disabled;
                return null;
            }

            if (login is null)
            {
                await change.SaveAsync().ConfigureAwait(false);
                change.Add(new ExternalLoginRow { Provider = provider.Name, Subject = subject, PersonId = row.Id, CreatedAt = time.GetUtcNow(), Label = LabelOf(provider, principal) });
            }
            else
            {
                login.Label = LabelOf(provider, principal);
            }

            if (link is not null)
            {
                change.Record(new AuditEntry(AuditAction.SignInChanged, row.Id, row.Id), time.GetUtcNow());
                if (!sessions.IsOfOrigin(current!))
                {
                    await change.EndSessionAsync(current!.Session!.Value).ConfigureAwait(false);
                }
            }

            return await sessions.BeginAsync(change, row, new ProviderSession(provider.Name, sid, refreshToken is { Length: > 0 } ? tokens.Protect(refreshToken) : null)).ConfigureAwait(false);
        }, context.RequestAborted).ConfigureAwait(false);
        if (person is null)
        {
            return refused;
        }

        if (isRecent)
        {
            recent.Add(person);
        }

        await rights.ApplyAsync(provider, person.Id, groups, context.RequestAborted).ConfigureAwait(false);
        await flow.EnterAsync(context, person).ConfigureAwait(false);
        return null;
    }

    private static RoomError Comes(OpenIdProvider provider) => new(
        RoomErrorKind.Conflict, $"Your account came from {provider.DisplayName}, and ends with it. To keep it without, ask an administrator of this server for a link to a password.");

    private static string? LabelOf(OpenIdProvider provider, ClaimsPrincipal principal) =>
        (principal.FindFirstValue(provider.Options.EmailClaim) ?? principal.FindFirstValue("preferred_username") ?? principal.FindFirstValue(provider.Options.NameClaim)) is { } label
            ? TextCut.Excerpt(label, 100)
            : null;

    // A provider that does not say when they signed in was at least told to have them do so.
    private bool HasJustSignedIn(ClaimsPrincipal principal, bool wasAsked) =>
        long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? time.GetUtcNow().ToUnixTimeSeconds() - seconds <= RecentSignIns.Lifetime.TotalSeconds
            : wasAsked;

    private async Task<PersonRow> CreateAsync(PeopleChange change, OpenIdProvider provider, ClaimsPrincipal principal, Person? guest)
    {
        var now = time.GetUtcNow();
        var row = guest is null ? null : await change.FindAsync(guest.Id).ConfigureAwait(false);
        if (row is null)
        {
            row = new PersonRow { Id = Guid.NewGuid(), Name = "", CreatedAt = now, SeenAt = now };
            change.Add(row);
        }
        else
        {
            // Whoever has a copy of the guest's cookie has no part in the account.
            await change.EndSessionsAsync(row.Id, except: null).ConfigureAwait(false);
        }

        var email = principal.FindFirstValue(provider.Options.EmailClaim);
        var candidates = new[] { principal.FindFirstValue(provider.Options.NameClaim), principal.FindFirstValue("preferred_username"), email?.Split('@')[0], guest?.Name, "Somebody" };
        // Names have a bound here, and some characters are refused.
        var name = candidates.Where(c => !string.IsNullOrWhiteSpace(c)).Select(c => Names.CheckPersonName(TextCut.Excerpt(c!.Trim(), RoomLimits.PersonNameLength))).First(c => c.Error is null).Value;
        await names.TakeOrRenameAsync(change, row, name).ConfigureAwait(false);
        (row.Standing, row.AccountBy) = (Standing.Registered, provider.Name);
        row.SecurityStamp = Guid.NewGuid().ToString("N");
        change.Record(new AuditEntry(AuditAction.AccountCreated, row.Id, row.Id), now);
        if (EmailAddress.TryRead(email, out var address))
        {
            (row.Email, row.EmailKey) = (address, names.NormalizeEmail(address));
        }

        return row;
    }

    private bool IsOwnLink(Person person, OpenIdProvider provider, string token)
    {
        try
        {
            return _links.Unprotect(token).Split(' ') is [var name, var id, var session, var until]
                && name == provider.Name && id == person.Id.ToString("N") && session == person.Session?.ToString("N")
                && long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds();
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
