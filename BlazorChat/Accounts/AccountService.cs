using System.Globalization;
using System.Net;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>What somebody gives to make an account.</summary>
/// <param name="Name">The name.</param>
/// <param name="Email">An e-mail address, or null.</param>
/// <param name="Password">The password.</param>
/// <param name="Token">The token of an invitation, or null.</param>
internal sealed record NewAccount(string? Name, string? Email, string? Password, string? Token);

/// <summary>An invitation that nobody has used yet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it works.</param>
/// <param name="By">Who made it; null if they are not known any more.</param>
internal sealed record OpenInvitation(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? By);

/// <summary>Where an attempt to sign in comes from.</summary>
/// <param name="Address">The address.</param>
/// <param name="Browser">The browser's id for somebody, if they have signed in with it before.</param>
internal sealed record SignInOrigin(IPAddress? Address, Func<Guid?, string?> Browser);

/// <summary>Why somebody was not signed in.</summary>
/// <param name="Error">The reason.</param>
/// <param name="Wait">How long to wait before the next attempt; zero for not at all.</param>
internal sealed record SignInRefusal(RoomError Error, TimeSpan Wait);

/// <summary>What became of an attempt to sign in with a password.</summary>
/// <param name="Person">Who is signed in.</param>
/// <param name="Pending">Who has yet to give a code.</param>
/// <param name="Refusal">Why it failed.</param>
internal sealed record PasswordSignIn(Person? Person, PendingSignIn? Pending, SignInRefusal? Refusal)
{
    /// <summary>A failure.</summary>
    public static PasswordSignIn Refused(RoomError error, TimeSpan wait = default) => new(null, null, new SignInRefusal(error, wait));
}

/// <summary>Makes accounts, signs people in, and changes accounts. One per use.</summary>
internal sealed class AccountService(
    UserManager<PersonRow> users, IdentityStore identity, IPasswordHasher<PersonRow> hasher, PeopleStore store, PeopleDirectory directory, PersonSessions sessions,
    NameRules names, Newcomers newcomers, SignInWaits waits, PasswordGate gate, RecentSignIns recent, IOptions<AccountsOptions> options, TimeProvider time)
{
    private const string RefusedCode = "Refused";

    private static readonly RoomError WrongPassword = new(RoomErrorKind.Forbidden, "The name or the password is wrong.");

    private static readonly RoomError WrongOwnPassword = new(RoomErrorKind.Forbidden, "This is not your password.");

    private static readonly RoomError SignInAgain = new(RoomErrorKind.Forbidden, "Sign in again first.");

    /// <summary>So many sign in that passwords wait too long.</summary>
    public static readonly RoomError Busy = new(RoomErrorKind.Limit, "Too many people are signing in right now. Please try again in a moment.");

    private static readonly RoomError Disabled = new(RoomErrorKind.Forbidden, "This account is disabled. Ask an administrator of this server.");

    private static readonly RoomError InvitationNeeded = new(RoomErrorKind.Forbidden, "To create an account here, you need an invitation. Ask an administrator of this server for a link.");

    private static readonly RoomError NoAccounts = new(RoomErrorKind.Forbidden, "This server takes no new accounts.");

    private static readonly RoomError UsedUp = new(RoomErrorKind.NotFound, "This link has been used or has expired. Ask for a new one.");

    private static readonly RoomError AdministratorsOnly = new(RoomErrorKind.NotFound, "This page does not exist.");

    private static readonly RoomError TooManyInvitations =
        new(RoomErrorKind.Limit, $"There are {AccountLinks.MostInvitations} invitations that nobody has used yet. Please revoke some first.");

    private static readonly RoomError LastAdministrator = new(RoomErrorKind.Conflict, "The server needs an administrator. Make somebody else one first.");

    /// <summary>Whether a page should offer to make an account to somebody without an invitation.</summary>
    /// <param name="person">Who it is now; null for nobody.</param>
    public bool OffersRegistration(Person? person) => newcomers.MayRegister(person is null ? null : directory.Find(person.Id));

    /// <summary>Why somebody cannot make an account at all, to tell before they fill in the form.</summary>
    /// <returns>Null if they can.</returns>
    public async Task<RoomError?> CheckRegistrationAsync(Person? person, string? token, CancellationToken cancellationToken)
    {
        if (OneTimeToken.HashOf(token) is { } hash)
        {
            return await store.FindLinkAsync(hash, cancellationToken).ConfigureAwait(false) is { } link && OpensRegistration(link) ? null : UsedUp;
        }

        return OffersRegistration(person) ? null : options.Value.Registration == Registration.Closed ? NoAccounts : InvitationNeeded;
    }

    /// <summary>Makes an account. A guest who makes one keeps the id, and so messages and rooms.</summary>
    /// <param name="account">What they gave.</param>
    /// <param name="person">Who they are now; null for nobody.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<Person>> RegisterAsync(NewAccount account, Person? person, CancellationToken cancellationToken)
    {
        if (await CheckRegistrationAsync(person, account.Token, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        var name = Names.CheckPersonName(account.Name);
        if (name.Error is { } bad)
        {
            return bad;
        }

        if (!TryReadEmail(account.Email, out var email))
        {
            return new RoomError(RoomErrorKind.Invalid, "This is not an email address.");
        }

        var now = time.GetUtcNow();
        var guest = person is not null && directory.Find(person.Id) is { Standing: Standing.Guest } known ? await store.FindAsync(known.Id, cancellationToken).ConfigureAwait(false) : null;
        var row = guest ?? new PersonRow { Id = Guid.NewGuid(), Name = "", CreatedAt = now, SeenAt = now };
        row.Standing = Standing.Registered;
        (row.Email, row.EmailKey) = (email, names.NormalizeEmail(email));
        Person? signedIn = null;
        identity.Also = async (change, stored) =>
        {
            var hash = OneTimeToken.HashOf(account.Token);
            var link = hash is null ? null : await change.FindLinkAsync(hash).ConfigureAwait(false);
            if (hash is not null && (link is null || !OpensRegistration(link)))
            {
                return Refusal(UsedUp);
            }

            if (!await names.TryTakeAsync(change, stored, name.Value).ConfigureAwait(false))
            {
                return Refusal(NameRules.Taken(name.Value));
            }

            if (link is not null)
            {
                change.Remove(link);
            }

            if (link is { Kind: OneTimeLinkKind.Administrator })
            {
                stored.Standing = Standing.Administrator;
                Record(change, AuditAction.AdministratorAppointed, null, stored.Id);
            }

            Record(change, AuditAction.AccountCreated, stored.Id, stored.Id);
            // Whoever has a copy of the guest's cookie has no part in the account.
            await change.EndSessionsAsync(stored.Id, except: null).ConfigureAwait(false);
            signedIn = await sessions.BeginAsync(change, stored).ConfigureAwait(false);
            return null;
        };
        if (!await gate.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            return Busy;
        }

        try
        {
            var result = guest is null ? await users.CreateAsync(row, account.Password ?? "").ConfigureAwait(false) : await users.AddPasswordAsync(row, account.Password ?? "").ConfigureAwait(false);
            return result.Succeeded ? signedIn! : ErrorOf(result);
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <summary>Makes somebody who has an account an administrator, with the link that the server printed.</summary>
    public async Task<RoomError?> BecomeAdministratorAsync(Person person, string? token, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is not { } hash ? UsedUp : await store.ChangeAsync(async change =>
        {
            if (await change.FindLinkAsync(hash).ConfigureAwait(false) is not { Kind: OneTimeLinkKind.Administrator } link || !Opens(link)
                || directory.StandingOf(person) < Standing.Registered
                || await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
            {
                return UsedUp;
            }

            change.Remove(link);
            row.Standing = Standing.Administrator;
            Record(change, AuditAction.AdministratorAppointed, null, row.Id);
            return null;
        }, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether a link makes whoever has it an administrator.</summary>
    public async Task<bool> IsAdministratorsLinkAsync(string? token, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is { } hash
        && await store.FindLinkAsync(hash, cancellationToken).ConfigureAwait(false) is { Kind: OneTimeLinkKind.Administrator } link && Opens(link);

    /// <summary>
    /// Signs somebody in. A name that nobody has costs the same work as a wrong password, and gets the same answer after the same waits.
    /// </summary>
    /// <param name="name">The name that they give.</param>
    /// <param name="password">The password.</param>
    /// <param name="origin">Where they are.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<PasswordSignIn> SignInAsync(string? name, string? password, SignInOrigin origin, CancellationToken cancellationToken)
    {
        var key = NameRules.KeyOf(TextCut.Excerpt((name ?? "").Trim(), RoomLimits.PersonNameLength));
        var browser = origin.Browser(directory.FindByKey(key)?.Id);
        if (waits.Begin(key, origin.Address, browser) is { } wait)
        {
            return PasswordSignIn.Refused(TooOften(wait), wait);
        }

        var row = await store.FindByNameAsync(key, cancellationToken).ConfigureAwait(false);
        if (!await gate.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            return PasswordSignIn.Refused(Busy, TimeSpan.FromSeconds(1));
        }

        PasswordVerificationResult verdict;
        try
        {
            verdict = gate.Verify(hasher, row, password);
        }
        finally
        {
            gate.Leave();
        }

        if (row is null || verdict == PasswordVerificationResult.Failed)
        {
            return PasswordSignIn.Refused(WrongPassword);
        }

        waits.Succeeded(key, origin.Address, browser);
        if (await sessions.RefuseAsync(row.Id, provider: null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return PasswordSignIn.Refused(no);
        }

        return await store.ChangeAsync(async change =>
        {
            // As they are now: the password may have been changed, or the account disabled, since it was read.
            if (await change.FindAsync(row.Id).ConfigureAwait(false) is not { } account || account.PasswordHash != row.PasswordHash)
            {
                return PasswordSignIn.Refused(WrongPassword);
            }

            if (account.IsDisabled)
            {
                return PasswordSignIn.Refused(Disabled);
            }

            if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
            {
                account.PasswordHash = hasher.HashPassword(account, password!);
            }

            return await AcceptAsync(change, account).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes a password, or sets the first one. All other browsers are signed out, and links that set one stop working.</summary>
    /// <returns>The person with their new session.</returns>
    public async Task<Result<Person>> ChangePasswordAsync(Person person, string? current, string? next, CancellationToken cancellationToken)
    {
        if (await ProveAsync(person, current, cancellationToken).ConfigureAwait(false) is { Error: { } no })
        {
            return no;
        }

        Person? renewed = null;
        var error = await SetPasswordAsync(person.Id, next, async (change, row) =>
        {
            renewed = await PersonSessions.RenewAsync(change, person).ConfigureAwait(false);
            if (renewed is null)
            {
                return RoomErrors.NoSuchPerson;
            }

            await change.RemoveResetsAsync(row.Id).ConfigureAwait(false);
            row.PasswordResetAt = null;
            Record(change, AuditAction.PasswordChanged, row.Id, row.Id);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        return error is null ? renewed! : error;
    }

    /// <summary>Whose password a link sets; null if it is no such link.</summary>
    public async Task<string?> FindResetAsync(string? token, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is { } hash
        && await store.FindLinkAsync(hash, cancellationToken).ConfigureAwait(false) is { Kind: OneTimeLinkKind.Password or OneTimeLinkKind.MailedPassword, PersonId: { } id } link && Opens(link)
            ? directory.NameOf(id)
            : null;

    /// <summary>Sets a password with a link. All browsers are signed out, and this one is signed in, or asked for a code.</summary>
    public async Task<PasswordSignIn> ResetPasswordAsync(string? token, string? password, CancellationToken cancellationToken)
    {
        if (OneTimeToken.HashOf(token) is not { } hash
            || await store.FindLinkAsync(hash, cancellationToken).ConfigureAwait(false) is not { Kind: OneTimeLinkKind.Password or OneTimeLinkKind.MailedPassword, PersonId: { } id } found || !Opens(found))
        {
            return PasswordSignIn.Refused(UsedUp);
        }

        if (found.Kind == OneTimeLinkKind.MailedPassword && await sessions.RefuseAsync(id, provider: null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return PasswordSignIn.Refused(no);
        }

        PasswordSignIn? accepted = null;
        var error = await SetPasswordAsync(id, password, async (change, row) =>
        {
            if (await change.FindLinkAsync(hash).ConfigureAwait(false) is not { } link || !Opens(link))
            {
                return UsedUp;
            }

            if (row.IsDisabled)
            {
                return Disabled;
            }

            row.Standing = row.Standing < Standing.Registered ? Standing.Registered : row.Standing;
            // An administrator's link lets an account in whatever its provider says: from now on, it is this server's own.
            row.AccountBy = link.Kind == OneTimeLinkKind.Password ? null : row.AccountBy;
            // Told at the next sign-in, in case it was somebody else.
            (row.PasswordResetAt, row.PasswordResetByMail) = (time.GetUtcNow(), link.Kind == OneTimeLinkKind.MailedPassword);
            await change.RemoveResetsAsync(row.Id).ConfigureAwait(false);
            Record(change, AuditAction.PasswordReset, link.CreatedById, row.Id);
            await change.EndSessionsAsync(row.Id, except: null).ConfigureAwait(false);
            accepted = await AcceptAsync(change, row).ConfigureAwait(false);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        return error is null ? accepted! : PasswordSignIn.Refused(error);
    }

    /// <summary>Notes that somebody has read that their password was reset.</summary>
    public Task ConfirmResetAsync(Person person, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (directory.StandingOf(person) >= Standing.Registered && await change.FindAsync(person.Id).ConfigureAwait(false) is { } row)
        {
            row.PasswordResetAt = null;
        }

        return true;
    }, cancellationToken);

    /// <summary>Makes a link with which somebody can register.</summary>
    /// <returns>The token.</returns>
    public Task<Result<string>> InviteAsync(Person by, CancellationToken cancellationToken) =>
        CreateLinkAsync(by, OneTimeLinkKind.Invitation, null, AccountLinks.InvitationLifetime, cancellationToken);

    /// <summary>Makes a link with which somebody can set their password. An earlier one stops working.</summary>
    /// <returns>The token.</returns>
    public async Task<Result<string>> CreateResetAsync(Person by, Guid personId, CancellationToken cancellationToken) =>
        directory.StandingOf(by) != Standing.Administrator ? AdministratorsOnly
        : directory.Find(personId) is not { HasAccount: true } ? RoomErrors.NoSuchPerson
        : await CreateLinkAsync(by, OneTimeLinkKind.Password, personId, AccountLinks.ResetLifetime, cancellationToken).ConfigureAwait(false);

    /// <summary>The invitations that nobody has used yet.</summary>
    public async Task<Result<IReadOnlyList<OpenInvitation>>> ListInvitationsAsync(Person by, CancellationToken cancellationToken)
    {
        if (directory.StandingOf(by) != Standing.Administrator)
        {
            return AdministratorsOnly;
        }

        var now = time.GetUtcNow();
        return (await store.ListLinksAsync(OneTimeLinkKind.Invitation, cancellationToken).ConfigureAwait(false))
            .Where(l => l.ExpiresAt > now).OrderByDescending(l => l.CreatedAt)
            .Select(l => new OpenInvitation(l.Id, l.CreatedAt, l.ExpiresAt, l.CreatedById is { } id ? directory.NameOf(id) : null)).ToList();
    }

    /// <summary>Takes an invitation back.</summary>
    public Task<RoomError?> RevokeInvitationAsync(Person by, Guid linkId, CancellationToken cancellationToken) => AdministerAsync(by, async change =>
    {
        await change.RemoveLinkAsync(linkId).ConfigureAwait(false);
        Record(change, AuditAction.InvitationRevoked, by.Id, null);
        return null;
    }, cancellationToken);

    /// <summary>Everybody with a name, for administrators.</summary>
    public Result<IReadOnlyList<KnownPerson>> List(Person by) =>
        directory.StandingOf(by) == Standing.Administrator
            ? directory.People.Where(p => p.Standing != Standing.None).OrderByDescending(p => p.Standing).ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Id).ToList()
            : AdministratorsOnly;

    /// <summary>Disables somebody, which signs them out everywhere at once, or lets them in again.</summary>
    public Task<RoomError?> SetDisabledAsync(Person by, Guid personId, bool isDisabled, CancellationToken cancellationToken) => AdministerAsync(by, async change =>
    {
        if (await change.FindAsync(personId).ConfigureAwait(false) is not { Standing: not Standing.None } row)
        {
            return RoomErrors.NoSuchPerson;
        }

        if (isDisabled && IsLastAdministrator(personId))
        {
            return LastAdministrator;
        }

        row.IsDisabled = isDisabled;
        Record(change, isDisabled ? AuditAction.AccountDisabled : AuditAction.AccountEnabled, by.Id, personId);
        if (isDisabled)
        {
            await change.RemoveResetsAsync(personId).ConfigureAwait(false);
            await change.EndSessionsAsync(personId, except: null).ConfigureAwait(false);
        }

        return null;
    }, cancellationToken);

    /// <summary>Makes an account an administrator's, or takes that back.</summary>
    public Task<RoomError?> SetAdministratorAsync(Person by, Guid personId, bool isAdministrator, CancellationToken cancellationToken) => AdministerAsync(by, async change =>
    {
        if (await change.FindAsync(personId).ConfigureAwait(false) is not { Standing: >= Standing.Registered } row)
        {
            return RoomErrors.NoSuchPerson;
        }

        if (!isAdministrator && IsLastAdministrator(personId))
        {
            return LastAdministrator;
        }

        // From now on it is not a group that decides, until the group is looked at again.
        (row.Standing, row.AdministratorBy) = (isAdministrator ? Standing.Administrator : Standing.Registered, null);
        Record(change, isAdministrator ? AuditAction.AdministratorAppointed : AuditAction.AdministratorDismissed, by.Id, personId);
        return null;
    }, cancellationToken);

    /// <summary>Makes somebody an administrator who can then set a password with a link. For the operator of the machine.</summary>
    /// <param name="name">The name of an account, of a guest, or of nobody yet.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The link's token.</returns>
    public async Task<Result<string>> AppointAsync(string? name, CancellationToken cancellationToken)
    {
        var checkedName = Names.CheckPersonName(name);
        if (checkedName.Error is { } bad)
        {
            return bad;
        }

        var now = time.GetUtcNow();
        var token = OneTimeToken.Create();
        return await store.ChangeAsync<Result<string>>(async change =>
        {
            if (await change.FindByNameAsync(NameRules.KeyOf(checkedName.Value)).ConfigureAwait(false) is not { } row)
            {
                row = new PersonRow { Id = Guid.NewGuid(), Name = checkedName.Value, CreatedAt = now, SeenAt = now };
                if (!await names.TryTakeAsync(change, row, checkedName.Value).ConfigureAwait(false))
                {
                    return new RoomError(RoomErrorKind.Conflict, "An assistant has this name, or it could be taken for the name of somebody else.");
                }

                change.Add(row);
            }

            if (row.IsDisabled)
            {
                Record(change, AuditAction.AccountEnabled, null, row.Id);
            }

            if (row.Standing < Standing.Registered)
            {
                // Whoever is here as this guest did not show that they are who the operator means. The link does.
                await change.EndSessionsAsync(row.Id, except: null).ConfigureAwait(false);
            }

            (row.Standing, row.IsDisabled) = (Standing.Administrator, false);
            Record(change, AuditAction.AdministratorAppointed, null, row.Id);
            Record(change, AuditAction.PasswordLinkMade, null, row.Id);
            row.SecurityStamp ??= Guid.NewGuid().ToString("N");
            await change.SaveAsync().ConfigureAwait(false);
            await AddLinkAsync(change, OneTimeLinkKind.Password, row.Id, null, token, AccountLinks.ResetLifetime).ConfigureAwait(false);
            return token;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the link for the first administrator; those of earlier starts stop working.</summary>
    /// <returns>The token; null if there is an administrator.</returns>
    public async Task<string?> CreateFirstLinkAsync(CancellationToken cancellationToken)
    {
        var token = directory.HasAdministrator ? null : OneTimeToken.Create();
        await store.ChangeAsync(async change =>
        {
            await change.RemoveExpiredAsync(time.GetUtcNow()).ConfigureAwait(false);
            await change.RemoveLinksAsync(OneTimeLinkKind.Administrator, null).ConfigureAwait(false);
            if (token is not null)
            {
                await AddLinkAsync(change, OneTimeLinkKind.Administrator, null, null, token, AccountLinks.FirstLifetime).ConfigureAwait(false);
            }

            return true;
        }, cancellationToken).ConfigureAwait(false);
        return token;
    }

    /// <summary>Reads an e-mail address; none is good as well.</summary>
    public static bool TryReadEmail(string? text, out string? email)
    {
        email = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        return email is null || (email.Length <= 254 && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == email.LastIndexOf('@') && at < email.Length - 1
            && !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)));
    }

    /// <summary>What somebody reads who has to wait.</summary>
    public static RoomError TooOften(TimeSpan wait) => new(
        RoomErrorKind.Limit,
        string.Create(CultureInfo.InvariantCulture, $"Too many attempts failed. Please try again in {(wait < TimeSpan.FromMinutes(1) ? Seconds(wait) : Minutes(wait))}."));

    private static string Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds) is 1 ? "a second" : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds)} seconds");

    private static string Minutes(TimeSpan wait) => Math.Ceiling(wait.TotalMinutes) is 1 ? "a minute" : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalMinutes)} minutes");

    private static IdentityError Refusal(RoomError error) => new() { Code = RefusedCode, Description = error.Message };

    private static RoomError ErrorOf(IdentityResult result) => result.Errors.First() switch
    {
        { Code: nameof(IdentityErrorDescriber.ConcurrencyFailure) } => RoomErrors.NotStored,
        var error => new RoomError(RoomErrorKind.Invalid, error.Description),
    };

    // The password was right.
    private async Task<PasswordSignIn> AcceptAsync(PeopleChange change, PersonRow account) => account.IsTwoFactor
        ? new PasswordSignIn(null, new PendingSignIn(account.Id, account.SecurityStamp ?? ""), null)
        : new PasswordSignIn(await sessions.BeginAsync(change, account).ConfigureAwait(false), null, null);

    private bool Opens(OneTimeLinkRow link) =>
        link.ExpiresAt > time.GetUtcNow()
        // Whoever made it could not make it any more: nobody comes back through a link of their own.
        && (link.CreatedById is not { } by || directory.Find(by) is { StandingNow: Standing.Administrator })
        && link.Kind switch
        {
            OneTimeLinkKind.Invitation => options.Value.Registration != Registration.Closed,
            // Only the first one is made this way, also if the link was not used for long.
            OneTimeLinkKind.Administrator => !directory.HasAdministrator,
            _ => true,
        };

    // A link that sets somebody's password makes no account.
    private bool OpensRegistration(OneTimeLinkRow link) => link.Kind is OneTimeLinkKind.Invitation or OneTimeLinkKind.Administrator && Opens(link);

    private bool IsLastAdministrator(Guid personId) => !directory.People.Any(p => p.StandingNow == Standing.Administrator && p.Id != personId);

    /// <summary>How somebody shows that it is they, for a page to ask.</summary>
    public async Task<OwnProof> ProofOfAsync(Person person, CancellationToken cancellationToken) =>
        await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is not { PasswordHash: null } ? OwnProof.Password
        : recent.Has(person) ? OwnProof.Recent
        : OwnProof.Again;

    /// <summary>
    /// Has somebody who is signed in show that it is they, before what whoever finds an open page must not do: by the password, or, without one, by
    /// having just signed in.
    /// </summary>
    /// <returns>The account as it is stored.</returns>
    public async Task<Result<PersonRow>> ProveAsync(Person person, string? password, CancellationToken cancellationToken)
    {
        if (directory.StandingOf(person) < Standing.Registered || await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return RoomErrors.NoSuchPerson;
        }

        if (row.PasswordHash is null)
        {
            return recent.Has(person) ? row : SignInAgain;
        }

        // No name has a line break, so that nobody can be held up by attempts at signing in.
        var key = $"own\n{person.Id:N}";
        if (waits.Begin(key, null, browser: null) is { } wait)
        {
            return TooOften(wait);
        }

        if (!await gate.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            return Busy;
        }

        try
        {
            if (gate.Verify(hasher, row, password) == PasswordVerificationResult.Failed)
            {
                return WrongOwnPassword;
            }
        }
        finally
        {
            gate.Leave();
        }

        waits.Succeeded(key, null, browser: null);
        return row;
    }

    private async Task<RoomError?> SetPasswordAsync(Guid personId, string? password, Func<PeopleChange, PersonRow, Task<RoomError?>> also, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(personId, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return RoomErrors.NoSuchPerson;
        }

        if (!await gate.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            return Busy;
        }

        try
        {
            RoomError? refused = null;
            identity.Also = async (change, stored) => (refused = await also(change, stored).ConfigureAwait(false)) is { } no ? Refusal(no) : null;
            row.PasswordHash = null;
            var result = await users.AddPasswordAsync(row, password ?? "").ConfigureAwait(false);
            return result.Succeeded ? null : refused ?? ErrorOf(result);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task<Result<string>> CreateLinkAsync(Person by, OneTimeLinkKind kind, Guid? personId, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var token = OneTimeToken.Create();
        var error = await AdministerAsync(by, async change =>
        {
            if (kind == OneTimeLinkKind.Invitation && await change.CountLinksAsync(kind, time.GetUtcNow()).ConfigureAwait(false) >= AccountLinks.MostInvitations)
            {
                return TooManyInvitations;
            }

            await AddLinkAsync(change, kind, personId, by.Id, token, lifetime).ConfigureAwait(false);
            Record(change, kind == OneTimeLinkKind.Invitation ? AuditAction.InvitationMade : AuditAction.PasswordLinkMade, by.Id, personId);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        return error is null ? token : error;
    }

    private void Record(PeopleChange change, AuditAction action, Guid? by, Guid? personId) => change.Record(new AuditEntry(action, by, personId), time.GetUtcNow());

    private async Task AddLinkAsync(PeopleChange change, OneTimeLinkKind kind, Guid? personId, Guid? by, string token, TimeSpan lifetime)
    {
        if (kind == OneTimeLinkKind.Password)
        {
            await change.RemoveLinksAsync(kind, personId).ConfigureAwait(false);
        }

        var now = time.GetUtcNow();
        change.Add(new OneTimeLinkRow
        {
            Id = Guid.NewGuid(),
            TokenHash = OneTimeToken.HashOf(token)!,
            Kind = kind,
            PersonId = personId,
            CreatedById = by,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
    }

    /// <summary>Makes a change that only administrators may make.</summary>
    // Asked inside the transaction: of two administrators who dismiss each other, the second is none any more.
    internal Task<RoomError?> AdministerAsync(Person by, Func<PeopleChange, Task<RoomError?>> work, CancellationToken cancellationToken) =>
        store.ChangeAsync(async change => directory.StandingOf(by) == Standing.Administrator ? await work(change).ConfigureAwait(false) : AdministratorsOnly, cancellationToken);
}
