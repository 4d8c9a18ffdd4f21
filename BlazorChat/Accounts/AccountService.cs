using System.Net;
using BlazorChat.Access;
using BlazorChat.Languages;
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
/// <param name="RoomToken">The token of the link of a room, or null.</param>
internal sealed record NewAccount(string? Name, string? Email, string? Password, string? Token, string? RoomToken = null);

/// <summary>Where an attempt to sign in comes from.</summary>
/// <param name="Address">The address.</param>
/// <param name="Browser">The browser's id for somebody, if they have signed in with it before.</param>
internal sealed record SignInOrigin(IPAddress? Address, Func<Guid?, string?> Browser);

/// <summary>What becomes of a password that was right.</summary>
/// <param name="Person">Who is signed in; null if a code is needed.</param>
/// <param name="Pending">Who has yet to give a code.</param>
internal sealed record PasswordSignIn(Person? Person, PendingSignIn? Pending);

/// <summary>Makes accounts, signs people in, and sets passwords. One per use.</summary>
internal sealed class AccountService(
    UserManager<PersonRow> users, IdentityStore identity, IPasswordHasher<PersonRow> hasher, PeopleStore store, PeopleDirectory directory, AccountAuthorizer authorizer, PersonSessions sessions,
    OwnProofs proofs, OneTimeLinks links, RoomInvitations invitations, NameRules names, Newcomers newcomers, SignInWaits waits, PasswordGate gate, IOptions<AccountsOptions> options, TimeProvider time)
{
    private static readonly RoomError WrongPassword = new(RoomErrorKind.Forbidden, "The name or the password is wrong.");

    private static readonly RoomError Disabled = new(RoomErrorKind.Forbidden, "This account is disabled. Ask an administrator of this server.");

    private static readonly RoomError NoAdministrator = new(RoomErrorKind.Forbidden, Newcomers.NoAdministrator(Words.English));

    private static readonly RoomError InvitationNeeded = new(RoomErrorKind.Forbidden, "To create an account here, you need an invitation. Ask an administrator of this server for a link.");

    private static readonly RoomError NoAccounts = new(RoomErrorKind.Forbidden, "This server takes no new accounts.");

    private static readonly RoomError ClosedMeanwhile =
        new(RoomErrorKind.Forbidden, "This invitation is good, but the server takes no new accounts now. Ask an administrator of this server.");

    /// <summary>Whether a page should offer to make an account to somebody without an invitation.</summary>
    /// <param name="person">Who it is now; null for nobody.</param>
    public bool OffersRegistration(Person? person) => newcomers.MayRegister(person is null ? null : directory.Find(person.Id));

    /// <summary>Why somebody cannot make an account at all, to tell before they fill in the form.</summary>
    /// <returns>Null if they can.</returns>
    public async Task<RoomError?> CheckRegistrationAsync(Person? person, string? token, string? roomToken, CancellationToken cancellationToken)
    {
        if (OneTimeToken.HashOf(token) is not null)
        {
            return WhyNot(await links.FindAsync(token, cancellationToken).ConfigureAwait(false));
        }

        return OffersRegistration(person) || await invitations.MakesAccountAsync(person, roomToken, cancellationToken).ConfigureAwait(false) ? null : options.Value.Registration == Registration.Closed ? NoAccounts : directory.HasAdministrator ? InvitationNeeded : NoAdministrator;
    }

    /// <summary>Makes an account. A guest who makes one keeps the id, and so messages and rooms.</summary>
    /// <param name="account">What they gave.</param>
    /// <param name="person">Who they are now; null for nobody.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<Person>> RegisterAsync(NewAccount account, Person? person, CancellationToken cancellationToken)
    {
        if (await CheckRegistrationAsync(person, account.Token, account.RoomToken, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        var name = Names.CheckPersonName(account.Name);
        if (name.Error is { } bad)
        {
            return bad;
        }

        if (!EmailAddress.TryRead(account.Email, out var email))
        {
            return new RoomError(RoomErrorKind.Invalid, "This is not an email address.");
        }

        var now = time.GetUtcNow();
        var guest = person is not null && directory.Find(person.Id) is { Standing: Standing.Guest } known ? await store.FindAsync(known.Id, cancellationToken).ConfigureAwait(false) : null;
        var row = guest ?? new PersonRow { Id = Guid.NewGuid(), Name = "", CreatedAt = now, SeenAt = now };
        row.Standing = Standing.Registered;
        (row.Email, row.EmailKey) = (email, names.NormalizeEmail(email));
        Person? signedIn = null;
        UsedRoomInvitation? used = null;
        identity.Also = async (change, stored) =>
        {
            var link = await links.FindAsync(change, account.Token).ConfigureAwait(false);
            if (OneTimeToken.HashOf(account.Token) is not null && WhyNot(link) is { } no)
            {
                return Refusal(no);
            }

            if (link is null && !OffersRegistration(person) && (used = await invitations.UseAsync(change, account.RoomToken, stored.Id, cancellationToken).ConfigureAwait(false)) is null)
            {
                return Refusal(OneTimeLinks.UsedUp);
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
        var made = await gate.RunAsync<Person>(async () =>
        {
            var result = guest is null ? await users.CreateAsync(row, account.Password ?? "").ConfigureAwait(false) : await users.AddPasswordAsync(row, account.Password ?? "").ConfigureAwait(false);
            return result.Succeeded ? signedIn! : ErrorOf(result);
        }, cancellationToken).ConfigureAwait(false);
        if (made.Error is null && used is not null)
        {
            await invitations.JoinAsync(made.Value, used, cancellationToken).ConfigureAwait(false);
        }

        return made;
    }

    /// <summary>Makes somebody who has an account an administrator, with the link that the server printed.</summary>
    public Task<RoomError?> BecomeAdministratorAsync(Person person, string? token, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (await links.FindAsync(change, token).ConfigureAwait(false) is not { Kind: OneTimeLinkKind.Administrator } link
            || !authorizer.May(person, AccountPermission.ChangeOwn)
            || await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
        {
            return OneTimeLinks.UsedUp;
        }

        change.Remove(link);
        row.Standing = Standing.Administrator;
        Record(change, AuditAction.AdministratorAppointed, null, row.Id);
        return null;
    }, cancellationToken);

    /// <summary>Whether a link makes whoever has it an administrator.</summary>
    public async Task<bool> IsAdministratorsLinkAsync(string? token, CancellationToken cancellationToken) =>
        await links.FindAsync(token, cancellationToken).ConfigureAwait(false) is { Kind: OneTimeLinkKind.Administrator };

    /// <summary>
    /// Signs somebody in. A name that nobody has costs the same work as a wrong password, and gets the same answer after the same waits.
    /// </summary>
    /// <param name="name">The name that they give.</param>
    /// <param name="password">The password.</param>
    /// <param name="origin">Where they are.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<PasswordSignIn>> SignInAsync(string? name, string? password, SignInOrigin origin, CancellationToken cancellationToken)
    {
        var key = NameRules.KeyOf(TextCut.Excerpt((name ?? "").Trim(), RoomLimits.PersonNameLength));
        var browser = origin.Browser(directory.FindByKey(key)?.Id);
        if (waits.Begin(key, origin.Address, browser) is { } wait)
        {
            return wait;
        }

        var row = await store.FindByNameAsync(key, cancellationToken).ConfigureAwait(false);
        var compared = await gate.VerifyAsync(hasher, row, password, cancellationToken).ConfigureAwait(false);
        if (compared.Error is { } busy)
        {
            return busy;
        }

        var verdict = compared.Value;
        if (row is null || verdict == PasswordVerificationResult.Failed)
        {
            return WrongPassword;
        }

        waits.Succeeded(key, origin.Address, browser);
        if (await sessions.RefuseAsync(row.Id, provider: null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        return await store.ChangeAsync<Result<PasswordSignIn>>(async change =>
        {
            // As they are now: the password may have been changed, or the account disabled, since it was read.
            if (await change.FindAsync(row.Id).ConfigureAwait(false) is not { } account || account.PasswordHash != row.PasswordHash)
            {
                return WrongPassword;
            }

            if (account.IsDisabled)
            {
                return Disabled;
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
        if (await proofs.ProveAsync(person, current, cancellationToken).ConfigureAwait(false) is { Error: { } no })
        {
            return no;
        }

        return await SetPasswordAsync<Person>(person.Id, next, async (change, row) =>
        {
            if (await PersonSessions.RenewAsync(change, person).ConfigureAwait(false) is not { } renewed)
            {
                return RoomErrors.NoSuchPerson;
            }

            await change.RemoveResetsAsync(row.Id).ConfigureAwait(false);
            Record(change, AuditAction.PasswordChanged, row.Id, row.Id);
            return renewed;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whose password a link sets; null if it is no such link.</summary>
    public async Task<string?> FindResetAsync(string? token, CancellationToken cancellationToken) =>
        await links.FindAsync(token, cancellationToken).ConfigureAwait(false) is { Kind: OneTimeLinkKind.Password or OneTimeLinkKind.MailedPassword, PersonId: { } id } ? directory.NameOf(id) : null;

    /// <summary>Sets a password with a link. All browsers are signed out, and this one is signed in, or asked for a code.</summary>
    public async Task<Result<PasswordSignIn>> ResetPasswordAsync(string? token, string? password, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken).ConfigureAwait(false) is not { Kind: OneTimeLinkKind.Password or OneTimeLinkKind.MailedPassword, PersonId: { } id } found)
        {
            return OneTimeLinks.UsedUp;
        }

        if (found.Kind == OneTimeLinkKind.MailedPassword && await sessions.RefuseAsync(id, provider: null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        return await SetPasswordAsync<PasswordSignIn>(id, password, async (change, row) =>
        {
            if (await links.FindAsync(change, token).ConfigureAwait(false) is not { } link)
            {
                return OneTimeLinks.UsedUp;
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
            return await AcceptAsync(change, row).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that somebody has read that their password was reset.</summary>
    public Task ConfirmResetAsync(Person person, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (authorizer.May(person, AccountPermission.ChangeOwn) && await change.FindAsync(person.Id).ConfigureAwait(false) is { } row)
        {
            row.PasswordResetAt = null;
        }

        return true;
    }, cancellationToken);

    private static Refused Refusal(RoomError error) => new(error);

    private static RoomError ErrorOf(IdentityResult result) => result.Errors.First() switch
    {
        Refused refused => refused.Error,
        { Code: nameof(IdentityErrorDescriber.ConcurrencyFailure) } => RoomErrors.NotStored,
        { Code: nameof(IdentityErrorDescriber.PasswordTooShort) } => new RoomError(RoomErrorKind.Invalid, $"Passwords must be at least {AccountLinks.ShortestPassword} characters."),
        { Code: nameof(IdentityErrorDescriber.PasswordRequiresUniqueChars) } => new RoomError(RoomErrorKind.Invalid, $"Passwords must use at least {AccountLinks.DifferentCharacters} different characters."),
        { Code: AccountLinks.PasswordTooLong } => new RoomError(RoomErrorKind.Invalid, $"Passwords can have at most {AccountLinks.PasswordLength} characters."),
        var error => new RoomError(RoomErrorKind.Invalid, error.Description),
    };

    // Why a link makes no account. One that sets somebody's password never does.
    private RoomError? WhyNot(OneTimeLinkRow? link) => link?.Kind switch
    {
        OneTimeLinkKind.Invitation => options.Value.Registration == Registration.Closed ? ClosedMeanwhile : null,
        OneTimeLinkKind.Administrator => null,
        _ => OneTimeLinks.UsedUp,
    };

    // The password was right.
    private async Task<PasswordSignIn> AcceptAsync(PeopleChange change, PersonRow account) => account.IsTwoFactor
        ? new PasswordSignIn(null, new PendingSignIn(account.Id, account.SecurityStamp ?? ""))
        : new PasswordSignIn(await sessions.BeginAsync(change, account).ConfigureAwait(false), null);

    private async Task<Result<T>> SetPasswordAsync<T>(Guid personId, string? password, Func<PeopleChange, PersonRow, Task<Result<T>>> also, CancellationToken cancellationToken) =>
        await store.FindAsync(personId, cancellationToken).ConfigureAwait(false) is not { } row ? RoomErrors.NoSuchPerson
        : await gate.RunAsync(async () =>
        {
            Result<T>? made = null;
            identity.Also = async (change, stored) =>
            {
                made = await also(change, stored).ConfigureAwait(false);
                return made.Value.Error is { } no ? Refusal(no) : null;
            };
            row.PasswordHash = null;
            var result = await users.AddPasswordAsync(row, password ?? "").ConfigureAwait(false);
            return result.Succeeded || made is { Error: not null } ? made!.Value : ErrorOf(result);
        }, cancellationToken).ConfigureAwait(false);

    private void Record(PeopleChange change, AuditAction action, Guid? by, Guid? personId) => change.Record(new AuditEntry(action, by, personId), time.GetUtcNow());

    // Identity passes it on.
    private sealed class Refused : IdentityError
    {
        public Refused(RoomError error) => (Error, Code, Description) = (error, nameof(Refused), error.Message);

        public RoomError Error { get; }
    }
}
