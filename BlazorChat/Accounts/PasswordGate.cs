using System.Security.Cryptography;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>
/// Lets only as many passwords be hashed at a time as leave the processor time for everybody else: a hash is made to be slow.
/// </summary>
internal sealed class PasswordGate : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(Math.Max(1, Environment.ProcessorCount / 2));

    private string? _nobodys;

    /// <summary>Waits for a turn.</summary>
    /// <returns>False if it took too long.</returns>
    public Task<bool> EnterAsync(CancellationToken cancellationToken) => _free.WaitAsync(Longest, cancellationToken);

    /// <summary>Ends a turn.</summary>
    public void Leave() => _free.Release();

    /// <summary>Compares a password with an account's. For nobody, and for somebody without a password, the work is the same.</summary>
    public PasswordVerificationResult Verify(IPasswordHasher<PersonRow> hasher, PersonRow? account, string? password)
    {
        var nobody = new PersonRow { Id = Guid.Empty, Name = "" };
        // Made when it is first needed: a race makes two of them, of which either will do.
        _nobodys ??= hasher.HashPassword(nobody, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
        var given = password is { Length: <= AccountLinks.PasswordLength } ? password : "";
        var verdict = hasher.VerifyHashedPassword(account ?? nobody, account?.PasswordHash ?? _nobodys, given);
        return account?.PasswordHash is null || given.Length == 0 ? PasswordVerificationResult.Failed : verdict;
    }

    /// <inheritdoc />
    public void Dispose() => _free.Dispose();
}
