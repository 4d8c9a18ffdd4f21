using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>How somebody shows that it is they, before what whoever finds an open page must not do.</summary>
public enum OwnProof
{
    /// <summary>By the password of the account.</summary>
    Password,

    /// <summary>They have no password, and have just signed in: that is enough.</summary>
    Recent,

    /// <summary>They have no password, and have to sign in again.</summary>
    Again,
}

/// <summary>
/// Has somebody who is signed in show that it is they, before what whoever finds an open page must not do: by the password, or, without one, by
/// having just signed in.
/// </summary>
internal sealed class OwnProofs(
    PeopleStore store, AccountAuthorizer authorizer, IPasswordHasher<PersonRow> hasher, SignInWaits waits, PasswordGate gate, RecentSignIns recent)
{
    private static readonly RoomError WrongPassword = new(RoomErrorKind.Forbidden, "This is not your password.");

    private static readonly RoomError SignInAgain = new(RoomErrorKind.Forbidden, "Sign in again first.");

    /// <summary>How somebody shows it, for a page to ask.</summary>
    public async Task<OwnProof> FindAsync(Person person, CancellationToken cancellationToken) =>
        await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is not { PasswordHash: null } ? OwnProof.Password
        : recent.Has(person) ? OwnProof.Recent
        : OwnProof.Again;

    /// <summary>Has somebody show it.</summary>
    /// <returns>The account as it is stored.</returns>
    public async Task<Result<PersonRow>> ProveAsync(Person person, string? password, CancellationToken cancellationToken)
    {
        if (!authorizer.May(person, AccountPermission.ChangeOwn) || await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is not { } row)
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
            return wait;
        }

        var verdict = await gate.VerifyAsync(hasher, row, password, cancellationToken).ConfigureAwait(false);
        if (verdict.Error is { } busy)
        {
            return busy;
        }

        if (verdict.Value == PasswordVerificationResult.Failed)
        {
            return WrongPassword;
        }

        waits.Succeeded(key, null, browser: null);
        return row;
    }
}
