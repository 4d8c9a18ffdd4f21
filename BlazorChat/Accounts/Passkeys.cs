using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorChat.Accounts;

/// <summary>What a page needs to ask the browser for a passkey.</summary>
/// <param name="Options">The question, as JSON.</param>
/// <param name="Token">What goes back with the answer.</param>
internal sealed record PasskeyRequest(string Options, string Token);

/// <summary>A passkey, for people to read.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name that its owner gave it.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record NamedPasskey(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>Which challenges were answered: each counts once.</summary>
internal sealed class AnsweredChallenges(TimeProvider time)
{
    /// <summary>How long a challenge can be answered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _answered = new(StringComparer.Ordinal);

    /// <summary>Notes an answer that was right.</summary>
    /// <returns>False if the challenge was answered before.</returns>
    public bool TryAdd(string token)
    {
        var now = time.GetUtcNow();
        foreach (var (old, until) in _answered)
        {
            if (until < now)
            {
                _answered.TryRemove(old, out _);
            }
        }

        return _answered.TryAdd(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token))), now + Lifetime);
    }
}

/// <summary>
/// Passkeys: the browser shows that it has a key, and that whoever uses it has unlocked it, which is two factors at once. One per use.
/// </summary>
internal sealed partial class Passkeys(
    IPasskeyHandler<PersonRow> handler, PeopleStore store, AccountAuthorizer authorizer, PersonSessions sessions, OwnProofs proofs, AnsweredChallenges answered,
    RecentSignIns recent, OpenIdProviders providers, IDataProtectionProvider protection, TimeProvider time, ILogger<Passkeys> logger)
{
    private const int Most = 20;

    private const int LongestAnswer = 64 * 1024;

    private static readonly RoomError Failed = new(RoomErrorKind.Forbidden, "This passkey does not work here, or too much time has passed. Please try again.");

    private static readonly RoomError TooMany = new(RoomErrorKind.Limit, $"An account can have at most {Most} passkeys. Remove one first.");

    private static readonly RoomError Disabled = new(RoomErrorKind.Forbidden, "This account is disabled. Ask an administrator of this server.");

    private static readonly RoomError NoName = new(RoomErrorKind.Invalid, "Give the passkey a name, such as the device that has it.");

    private readonly IDataProtector _creations = protection.CreateProtector("BlazorChat.Accounts.Passkeys.Creation");

    private readonly IDataProtector _requests = protection.CreateProtector("BlazorChat.Accounts.Passkeys.Request");

    /// <summary>Somebody's passkeys.</summary>
    public async Task<IReadOnlyList<NamedPasskey>> ListAsync(Person person, CancellationToken cancellationToken) =>
        !authorizer.May(person, AccountPermission.ChangeOwn) ? []
        : [.. (await store.ListPasskeysAsync(person.Id, cancellationToken).ConfigureAwait(false)).Select(p => new NamedPasskey(p.Id, p.Name, p.CreatedAt))];

    /// <summary>Asks the browser for a new passkey, after they have shown that it is they.</summary>
    public async Task<Result<PasskeyRequest>> BeginCreateAsync(Person person, string? password, HttpContext context)
    {
        var own = await proofs.ProveAsync(person, password, context.RequestAborted).ConfigureAwait(false);
        if (own.Error is { } no)
        {
            return no;
        }

        var row = own.Value;
        var made = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = row.Id.ToString("N"), Name = row.Name, DisplayName = row.Name }, context).ConfigureAwait(false);
        return new PasskeyRequest(made.CreationOptionsJson, Protect(_creations, $"{person.Id:N} {person.Session:N}", made.AttestationState));
    }

    /// <summary>Takes a new passkey.</summary>
    public async Task<RoomError?> CreateAsync(Person person, string? token, string? credential, string? name, HttpContext context)
    {
        if (!authorizer.May(person, AccountPermission.ChangeOwn))
        {
            return RoomErrors.NoSuchPerson;
        }

        if (Unprotect(_creations, token, $"{person.Id:N} {person.Session:N}") is not { } state || credential is not { Length: > 0 and < LongestAnswer })
        {
            return Failed;
        }

        var given = Names.CheckPersonName(TextCut.Excerpt((name ?? "").Trim(), RoomLimits.PersonNameLength));
        if (given.Error is not null)
        {
            return NoName;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential, AttestationState = state }).ConfigureAwait(false);
        if (!result.Succeeded || result.UserEntity.Id != person.Id.ToString("N") || !answered.TryAdd(token!))
        {
            LogRefused(result.Failure?.Message);
            return Failed;
        }

        var passkey = result.Passkey;
        return await store.ChangeAsync(async change =>
        {
            var id = WebEncoders.Base64UrlEncode(passkey.CredentialId);
            if (!authorizer.May(person, AccountPermission.ChangeOwn) || await change.FindPasskeyAsync(id).ConfigureAwait(false) is not null)
            {
                return Failed;
            }

            if (await change.CountPasskeysAsync(person.Id).ConfigureAwait(false) >= Most)
            {
                return TooMany;
            }

            var row = new PasskeyRow { Id = id, PersonId = person.Id, Name = given.Value, PublicKey = passkey.PublicKey, CreatedAt = time.GetUtcNow() };
            row.Set(passkey.SignCount, passkey.IsUserVerified, passkey.IsBackedUp);
            (row.IsBackupEligible, row.Transports) = (passkey.IsBackupEligible, string.Join(',', passkey.Transports ?? []));
            change.Add(row);
            change.Record(new AuditEntry(AuditAction.SignInChanged, person.Id, person.Id), time.GetUtcNow());
            return null;
        }, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Removes a passkey of somebody.</summary>
    public Task<RoomError?> RemoveAsync(Person person, string? id, CancellationToken cancellationToken) => store.ChangeAsync<RoomError?>(async change =>
    {
        if (!authorizer.May(person, AccountPermission.ChangeOwn))
        {
            return RoomErrors.NoSuchPerson;
        }

        if (id is null || await change.FindPasskeyAsync(id).ConfigureAwait(false) is not { } row || row.PersonId != person.Id)
        {
            return Failed;
        }

        if (await change.FindAsync(person.Id).ConfigureAwait(false) is not { } account || await change.CountWaysInAsync(account, providers.Names).ConfigureAwait(false) < 2)
        {
            return ExternalSignIns.OnlyWayIn;
        }

        change.Remove(row);
        change.Record(new AuditEntry(AuditAction.SignInChanged, person.Id, person.Id), time.GetUtcNow());
        return null;
    }, cancellationToken);

    /// <summary>Asks the browser for a passkey of anybody.</summary>
    public async Task<PasskeyRequest> BeginSignInAsync(HttpContext context)
    {
        var made = await handler.MakeRequestOptionsAsync(null, context).ConfigureAwait(false);
        return new PasskeyRequest(made.RequestOptionsJson, Protect(_requests, "", made.AssertionState));
    }

    /// <summary>Signs in whoever has a passkey.</summary>
    public async Task<Result<Person>> SignInAsync(string? token, string? credential, HttpContext context)
    {
        if (Unprotect(_requests, token, "") is not { } state || credential is not { Length: > 0 and < LongestAnswer })
        {
            return Failed;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = credential, AssertionState = state }).ConfigureAwait(false);
        if (!result.Succeeded || !answered.TryAdd(token!))
        {
            LogRefused(result.Failure?.Message);
            return Failed;
        }

        if (await sessions.RefuseAsync(result.User.Id, provider: null, context.RequestAborted).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        var used = result.Passkey;
        var signedIn = await store.ChangeAsync<Result<Person>>(async change =>
        {
            // As it is now: it may have been removed since.
            if (await change.FindPasskeyAsync(WebEncoders.Base64UrlEncode(used.CredentialId)).ConfigureAwait(false) is not { } row || row.PersonId != result.User.Id
                || await change.FindAsync(row.PersonId).ConfigureAwait(false) is not { Standing: >= Standing.Registered } account)
            {
                return Failed;
            }

            if (account.IsDisabled)
            {
                return Disabled;
            }

            row.Set(used.SignCount, used.IsUserVerified, used.IsBackedUp);
            return await sessions.BeginAsync(change, account).ConfigureAwait(false);
        }, context.RequestAborted).ConfigureAwait(false);
        if (signedIn.Error is null)
        {
            recent.Add(signedIn.Value);
        }

        return signedIn;
    }

    private string Protect(IDataProtector protector, string whose, string? state) =>
        protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{(time.GetUtcNow() + AnsweredChallenges.Lifetime).ToUnixTimeSeconds()}\n{whose}\n{state}"));

    private string? Unprotect(IDataProtector protector, string? token, string whose)
    {
        try
        {
            return token is { Length: > 0 } && protector.Unprotect(token).Split('\n', 3) is [var until, var id, var state] && id == whose
                && long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds() ? state : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // What Identity says is about the protocol, and has nothing of the person.
    [LoggerMessage(LogLevel.Information, "A passkey was refused: {Reason}")]
    private partial void LogRefused(string? reason);
}
