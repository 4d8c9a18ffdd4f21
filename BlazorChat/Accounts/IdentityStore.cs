using System.Security.Cryptography;
using BlazorChat.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorChat.Accounts;

/// <summary>
/// Accounts as ASP.NET Core Identity wants them stored. Each change is a transaction of its own, to which <see cref="Also"/> can add what
/// must happen with it or not at all. One per use.
/// </summary>
internal sealed class IdentityStore(PeopleStore store, IDataProtectionProvider protection)
    : IUserPasswordStore<PersonRow>, IUserSecurityStampStore<PersonRow>, IUserEmailStore<PersonRow>, IUserAuthenticatorKeyStore<PersonRow>, IUserTwoFactorRecoveryCodeStore<PersonRow>,
        IUserPasskeyStore<PersonRow>
{
    private static readonly IdentityErrorDescriber Errors = new();

    // With a copy of the database alone, nobody makes codes.
    private readonly IDataProtector _keys = protection.CreateProtector("BlazorChat.Accounts.AuthenticatorKey");

    /// <summary>What the next change does besides, with the row as it will be stored. A refusal must not have changed anything.</summary>
    public Func<PeopleChange, PersonRow, Task<IdentityError?>>? Also { get; set; }

    public Task<IdentityResult> CreateAsync(PersonRow user, CancellationToken cancellationToken) => ChangeAsync(async change =>
    {
        // Asked before it is added, so that a refusal has changed nothing.
        if (await RefuseAsync(change, user).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        user.ConcurrencyStamp = NewStamp();
        change.Add(user);
        return null;
    }, cancellationToken);

    public Task<IdentityResult> UpdateAsync(PersonRow user, CancellationToken cancellationToken) => ChangeAsync(async change =>
    {
        if (await change.FindAsync(user.Id).ConfigureAwait(false) is not { } row || row.ConcurrencyStamp != user.ConcurrencyStamp)
        {
            return Errors.ConcurrencyFailure();
        }

        if (await RefuseAsync(change, user).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        user.ConcurrencyStamp = NewStamp();
        change.Set(row, user);
        return null;
    }, cancellationToken);

    public Task<IdentityResult> DeleteAsync(PersonRow user, CancellationToken cancellationToken) => ChangeAsync(async change =>
    {
        if (await change.FindAsync(user.Id).ConfigureAwait(false) is { } row)
        {
            await change.RemoveAsync(row).ConfigureAwait(false);
        }

        return null;
    }, cancellationToken);

    public Task<PersonRow?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? store.FindAsync(id, cancellationToken) : Task.FromResult<PersonRow?>(null);

    public Task<PersonRow?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => store.FindByNameAsync(normalizedUserName, cancellationToken);

    public Task<PersonRow?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => store.FindByEmailAsync(normalizedEmail, cancellationToken);

    public Task<string> GetUserIdAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString("N"));

    public Task<string?> GetUserNameAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(PersonRow user, string? userName, CancellationToken cancellationToken) => Set(() => user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.NameKey);

    public Task SetNormalizedUserNameAsync(PersonRow user, string? normalizedName, CancellationToken cancellationToken) => Set(() => user.NameKey = normalizedName);

    public Task SetPasswordHashAsync(PersonRow user, string? passwordHash, CancellationToken cancellationToken) => Set(() => user.PasswordHash = passwordHash);

    public Task<string?> GetPasswordHashAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(PersonRow user, string stamp, CancellationToken cancellationToken) => Set(() => user.SecurityStamp = stamp);

    public Task<string?> GetSecurityStampAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.SecurityStamp);

    public Task SetEmailAsync(PersonRow user, string? email, CancellationToken cancellationToken) => Set(() => user.Email = email);

    public Task<string?> GetEmailAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    // Nobody has shown yet that an address is theirs.
    public Task<bool> GetEmailConfirmedAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task SetEmailConfirmedAsync(PersonRow user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetNormalizedEmailAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(user.EmailKey);

    public Task SetNormalizedEmailAsync(PersonRow user, string? normalizedEmail, CancellationToken cancellationToken) => Set(() => user.EmailKey = normalizedEmail);

    public Task SetAuthenticatorKeyAsync(PersonRow user, string key, CancellationToken cancellationToken) => Set(() => user.AuthenticatorKey = _keys.Protect(key));

    public Task<string?> GetAuthenticatorKeyAsync(PersonRow user, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(user.AuthenticatorKey is { } key ? _keys.Unprotect(key) : null);
        }
        catch (CryptographicException)
        {
            // The server's keys are lost: no code is right any more, but recovery codes are.
            return Task.FromResult<string?>(null);
        }
    }

    public Task ReplaceCodesAsync(PersonRow user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Set(() => user.RecoveryCodes = RecoveryCodes.Hash(recoveryCodes));

    public Task<bool> RedeemCodeAsync(PersonRow user, string code, CancellationToken cancellationToken)
    {
        var left = RecoveryCodes.Redeem(user.RecoveryCodes, code);
        user.RecoveryCodes = left ?? user.RecoveryCodes;
        return Task.FromResult(left is not null);
    }

    public Task<int> CountCodesAsync(PersonRow user, CancellationToken cancellationToken) => Task.FromResult(RecoveryCodes.Count(user.RecoveryCodes));

    public Task AddOrUpdatePasskeyAsync(PersonRow user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        var id = WebEncoders.Base64UrlEncode(passkey.CredentialId);
        if (await change.FindPasskeyAsync(id).ConfigureAwait(false) is not { } row)
        {
            row = new PasskeyRow { Id = id, PersonId = user.Id, Name = passkey.Name ?? "", PublicKey = passkey.PublicKey, CreatedAt = passkey.CreatedAt, IsBackupEligible = passkey.IsBackupEligible };
            change.Add(row);
        }

        row.Set(passkey.SignCount, passkey.IsUserVerified, passkey.IsBackedUp);
        return true;
    }, cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PersonRow user, CancellationToken cancellationToken) =>
        [.. (await store.ListPasskeysAsync(user.Id, cancellationToken).ConfigureAwait(false)).Select(InfoOf)];

    public async Task<PersonRow?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await store.FindPasskeyAsync(WebEncoders.Base64UrlEncode(credentialId), cancellationToken).ConfigureAwait(false) is { } row
            ? await store.FindAsync(row.PersonId, cancellationToken).ConfigureAwait(false)
            : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PersonRow user, byte[] credentialId, CancellationToken cancellationToken) =>
        await store.FindPasskeyAsync(WebEncoders.Base64UrlEncode(credentialId), cancellationToken).ConfigureAwait(false) is { } row && row.PersonId == user.Id ? InfoOf(row) : null;

    public Task RemovePasskeyAsync(PersonRow user, byte[] credentialId, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (await change.FindPasskeyAsync(WebEncoders.Base64UrlEncode(credentialId)).ConfigureAwait(false) is { } row && row.PersonId == user.Id)
        {
            change.Remove(row);
        }

        return true;
    }, cancellationToken);

    public void Dispose()
    {
    }

    // What was said when it was made is not kept: nothing asks for it again.
    private static UserPasskeyInfo InfoOf(PasskeyRow row) => new(
        WebEncoders.Base64UrlDecode(row.Id), row.PublicKey, row.CreatedAt, (uint)row.SignCount, row.Transports.Split(',', StringSplitOptions.RemoveEmptyEntries),
        row.IsUserVerified, row.IsBackupEligible, row.IsBackedUp, [], [])
    {
        Name = row.Name,
    };

    private static string NewStamp() => Guid.NewGuid().ToString("N");

    private static Task Set(Action set)
    {
        set();
        return Task.CompletedTask;
    }

    private Task<IdentityError?> RefuseAsync(PeopleChange change, PersonRow user) => Also is { } also ? also(change, user) : Task.FromResult<IdentityError?>(null);

    private async Task<IdentityResult> ChangeAsync(Func<PeopleChange, Task<IdentityError?>> change, CancellationToken cancellationToken) =>
        await store.ChangeAsync(change, cancellationToken).ConfigureAwait(false) is { } no ? IdentityResult.Failed(no) : IdentityResult.Success;
}
