using System.Security.Cryptography;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>
/// Lets only as many passwords be hashed at a time as leave the processor time for everybody else: a hash is made to be slow.
/// </summary>
internal sealed class PasswordGate(TimeProvider time) : IDisposable
{
    private static readonly RoomError Busy = new(RoomErrorKind.Limit, "Too many people are signing in right now. Please try again in a moment.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>How long a turn may be in coming.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>How many passwords are hashed at a time.</summary>
    public static readonly int Places = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _free = new(Places);

    private string? _nobodys;

    /// <summary>Does something with a password when it is its turn.</summary>
    /// <returns>What came of it; that too many people are signing in if the turn was too long in coming.</returns>
    public async Task<Result<T>> RunAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        using (var turn = new CancellationTokenSource(Longest, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, cancellationToken))
        {
            try
            {
                await _free.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Busy;
            }
        }

        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Compares a password with an account's. For nobody, and for somebody without a password, the work is the same.</summary>
    public Task<Result<PasswordVerificationResult>> VerifyAsync(IPasswordHasher<PersonRow> hasher, PersonRow? account, string? password, CancellationToken cancellationToken) =>
        RunAsync(() => Task.FromResult<Result<PasswordVerificationResult>>(Verify(hasher, account, password)), cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _free.Dispose();

    private PasswordVerificationResult Verify(IPasswordHasher<PersonRow> hasher, PersonRow? account, string? password)
    {
        var nobody = new PersonRow { Id = Guid.Empty, Name = "" };
        // Made when it is first needed: a race makes two of them, of which either will do.
        _nobodys ??= hasher.HashPassword(nobody, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
        var given = password is { Length: <= AccountLinks.PasswordLength } ? password : "";
        var verdict = hasher.VerifyHashedPassword(account ?? nobody, account?.PasswordHash ?? _nobodys, given);
        return account?.PasswordHash is null || given.Length == 0 ? PasswordVerificationResult.Failed : verdict;
    }
}
