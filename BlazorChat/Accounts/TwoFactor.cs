using System.Security.Cryptography;
using System.Text.Encodings.Web;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>What somebody needs to set up an authenticator app.</summary>
/// <param name="Key">The key, in groups of four.</param>
/// <param name="Address">The key as an address, for a QR code.</param>
/// <param name="Token">The key for the form that confirms it: nothing is stored until then.</param>
internal sealed record AuthenticatorSetup(string Key, string Address, string Token);

/// <summary>What somebody has who has just turned two-factor sign-in on.</summary>
/// <param name="Codes">The recovery codes.</param>
/// <param name="Person">The person with their new session.</param>
internal sealed record TwoFactorTurnedOn(IReadOnlyList<string> Codes, Person Person);

/// <summary>Sign-in in two steps: after the password, a code of an authenticator app or a recovery code. One per use.</summary>
internal sealed class TwoFactor(
    UserManager<PersonRow> users, IdentityStore identity, PeopleStore store, PersonSessions sessions, OwnProofs proofs, AccountAdministration administration, SignInWaits waits,
    PasswordGate gate, IDataProtectionProvider protection, ServerLook look, TimeProvider time)
{
    private const int CodeCount = 10;

    private const int CodeDigits = 6;

    private static readonly RoomError WrongCode = new(RoomErrorKind.Forbidden, "This code is wrong, or it has been used. Wait for the next one.");

    private static readonly RoomError StartAgain = new(RoomErrorKind.Forbidden, "This took too long. Sign in again.");

    private static readonly RoomError SetupExpired = new(RoomErrorKind.Conflict, "Something has changed meanwhile. Set it up again.");

    private readonly IDataProtector _setup = protection.CreateProtector("BlazorChat.Accounts.TwoFactor.Setup");

    /// <summary>Whether somebody can set it up: it protects a password.</summary>
    public async Task<bool> IsOfferedAsync(Person person, CancellationToken cancellationToken) =>
        await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is { PasswordHash: not null };

    /// <summary>How many recovery codes somebody has left.</summary>
    public async Task<int> CountCodesAsync(Person person, CancellationToken cancellationToken) =>
        RecoveryCodes.Count((await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false))?.RecoveryCodes);

    /// <summary>Makes a key for an authenticator app, or shows one again that is not confirmed yet.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="token">The token of the form that was sent back; null for a new key.</param>
    /// <param name="host">The server's name, for people with several accounts.</param>
    public AuthenticatorSetup Begin(Person person, string? token, string host)
    {
        var key = ReadSetup(person, token) ?? users.GenerateNewAuthenticatorKey();
        var label = UrlEncoder.Default.Encode($"{look.Name}:{person.Name} ({host})");
        return new AuthenticatorSetup(
            string.Join(' ', key.Chunk(4).Select(group => new string(group))),
            $"otpauth://totp/{label}?secret={key}&issuer={UrlEncoder.Default.Encode(look.Name)}",
            _setup.Protect($"{person.Id:N} {person.Session:N} {key}"));
    }

    /// <summary>Turns it on. All other browsers are signed out, and links that set a password stop working.</summary>
    public async Task<Result<TwoFactorTurnedOn>> ConfirmAsync(Person person, string? token, string? code, string? password, CancellationToken cancellationToken)
    {
        if (ReadSetup(person, token) is not { } key)
        {
            return SetupExpired;
        }

        var own = await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false);
        if (own.Error is { } no)
        {
            return no;
        }

        var row = own.Value;
        if (row.IsTwoFactor || row.PasswordHash is null)
        {
            return SetupExpired;
        }

        await identity.SetAuthenticatorKeyAsync(row, key, cancellationToken).ConfigureAwait(false);
        if (Digits(code) is not { } digits || !await IsRightAsync(row, digits).ConfigureAwait(false))
        {
            return WrongCode;
        }

        (row.IsTwoFactor, row.IsTwoFactorEnded, row.UsedCodes) = (true, false, UsedCodes.Add(null, digits, time.GetUtcNow()));
        row.SecurityStamp = Guid.NewGuid().ToString("N");
        Person? renewed = null;
        identity.Also = async (change, stored) =>
        {
            renewed = await PersonSessions.RenewAsync(change, person).ConfigureAwait(false);
            if (renewed is null)
            {
                return new IdentityErrorDescriber().ConcurrencyFailure();
            }

            change.Record(new AuditEntry(AuditAction.SignInChanged, person.Id, person.Id), time.GetUtcNow());
            await change.RemoveResetsAsync(stored.Id).ConfigureAwait(false);
            return null;
        };
        var codes = await MakeCodesAsync(row).ConfigureAwait(false);
        return codes.Error is { } failed ? failed : new TwoFactorTurnedOn(codes.Value, renewed!);
    }

    /// <summary>Makes new recovery codes; the old ones stop working.</summary>
    public async Task<Result<IReadOnlyList<string>>> RenewCodesAsync(Person person, string? password, CancellationToken cancellationToken)
    {
        var own = await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false);
        if (own.Error is { } no)
        {
            return no;
        }

        if (!own.Value.IsTwoFactor)
        {
            return SetupExpired;
        }

        identity.Also = (change, stored) =>
        {
            change.Record(new AuditEntry(AuditAction.SignInChanged, stored.Id, stored.Id), time.GetUtcNow());
            return Task.FromResult<IdentityError?>(null);
        };
        return await MakeCodesAsync(own.Value).ConfigureAwait(false);
    }

    /// <summary>Turns it off.</summary>
    public async Task<RoomError?> TurnOffAsync(Person person, string? password, CancellationToken cancellationToken)
    {
        var own = await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false);
        if (own.Error is { } no)
        {
            return no;
        }

        TurnOff(own.Value);
        identity.Also = async (change, stored) =>
        {
            change.Record(new AuditEntry(AuditAction.TwoFactorOff, stored.Id, stored.Id), time.GetUtcNow());
            // With the second step on, they were worth less to whoever else has them.
            await change.RemoveResetsAsync(stored.Id).ConfigureAwait(false);
            return null;
        };
        return (await users.UpdateAsync(own.Value).ConfigureAwait(false)).Succeeded ? null : RoomErrors.NotStored;
    }

    /// <summary>Turns it off for somebody who has lost the app and the codes. They are told.</summary>
    public Task<RoomError?> TurnOffForAsync(Person by, Guid personId, CancellationToken cancellationToken) => administration.ChangeAsync(by, AccountPermission.EndTwoFactor, personId, async (change, row) =>
    {
        TurnOff(row);
        await change.RemoveResetsAsync(personId).ConfigureAwait(false);
        row.IsTwoFactorEnded = true;
        change.Record(new AuditEntry(AuditAction.TwoFactorOff, by.Id, personId), time.GetUtcNow());
        return null;
    }, cancellationToken);

    /// <summary>Notes that somebody has read that an administrator turned it off.</summary>
    public Task AcknowledgeAsync(Person person, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (await change.FindAsync(person.Id).ConfigureAwait(false) is { } row)
        {
            row.IsTwoFactorEnded = false;
        }

        return true;
    }, cancellationToken);

    /// <summary>Does the second step of signing in.</summary>
    /// <param name="pending">Whose password was right.</param>
    /// <param name="code">A code of the app, or a recovery code.</param>
    /// <param name="origin">Where they are.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<Person>> SignInAsync(PendingSignIn? pending, string? code, SignInOrigin origin, CancellationToken cancellationToken)
    {
        if (pending is null)
        {
            return StartAgain;
        }

        // Counted apart from passwords: whoever knows the password has as few attempts at the code as anybody. No name has a line break.
        var key = $"code\n{pending.PersonId:N}";
        var browser = origin.Browser(pending.PersonId) is { } known ? $"code\n{known}" : null;
        if (waits.Begin(key, origin.Address, browser) is { } wait)
        {
            return wait;
        }

        if (await store.FindAsync(pending.PersonId, cancellationToken).ConfigureAwait(false) is not { IsTwoFactor: true, IsDisabled: false } row || row.SecurityStamp != pending.Stamp)
        {
            return StartAgain;
        }

        var signedIn = Digits(code) is { } digits
            ? await UseCodeAsync(row, digits, cancellationToken).ConfigureAwait(false)
            : await RedeemAsync(row, code ?? "", cancellationToken).ConfigureAwait(false);
        if (signedIn.Error is null)
        {
            waits.Succeeded(key, origin.Address, browser);
        }

        return signedIn;
    }

    // Apps show the digits in two groups.
    private static string? Digits(string? code) =>
        code is { Length: < 20 } && string.Concat(code.Where(c => !char.IsWhiteSpace(c))) is { Length: CodeDigits } digits && digits.All(char.IsAsciiDigit) ? digits : null;

    private static void TurnOff(PersonRow row)
    {
        (row.IsTwoFactor, row.AuthenticatorKey, row.RecoveryCodes, row.UsedCodes) = (false, null, null, null);
        // Whoever is between the two steps begins again.
        row.SecurityStamp = Guid.NewGuid().ToString("N");
    }

    private Task<bool> IsRightAsync(PersonRow row, string digits) => users.VerifyTwoFactorTokenAsync(row, TokenOptions.DefaultAuthenticatorProvider, digits);

    private async Task<Result<Person>> UseCodeAsync(PersonRow row, string digits, CancellationToken cancellationToken)
    {
        if (!await IsRightAsync(row, digits).ConfigureAwait(false))
        {
            return WrongCode;
        }

        return await store.ChangeAsync<Result<Person>>(async change =>
        {
            // As it is now: the code may have been used since the account was read.
            if (await change.FindAsync(row.Id).ConfigureAwait(false) is not { IsTwoFactor: true, IsDisabled: false } account || account.SecurityStamp != row.SecurityStamp)
            {
                return StartAgain;
            }

            if (UsedCodes.Add(account.UsedCodes, digits, time.GetUtcNow()) is not { } used)
            {
                return WrongCode;
            }

            account.UsedCodes = used;
            return await sessions.BeginAsync(change, account).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private Task<Result<Person>> RedeemAsync(PersonRow row, string code, CancellationToken cancellationToken) => gate.RunAsync<Person>(async () =>
    {
        Person? signedIn = null;
        identity.Also = async (change, stored) =>
        {
            signedIn = await sessions.BeginAsync(change, stored).ConfigureAwait(false);
            return null;
        };
        // The row that was read decides: of two who use one code at the same moment, the second finds that it has changed.
        return (await users.RedeemTwoFactorRecoveryCodeAsync(row, code).ConfigureAwait(false)).Succeeded ? signedIn! : WrongCode;
    }, cancellationToken);

    private async Task<Result<IReadOnlyList<string>>> MakeCodesAsync(PersonRow row) =>
        await users.GenerateNewTwoFactorRecoveryCodesAsync(row, CodeCount).ConfigureAwait(false) is { } codes ? codes.ToList() : RoomErrors.NotStored;

    private string? ReadSetup(Person person, string? token)
    {
        try
        {
            return token is { Length: > 0 } && _setup.Unprotect(token).Split(' ') is [var id, var session, var key]
                && id == person.Id.ToString("N") && session == person.Session?.ToString("N") ? key : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
