using System.Collections.Concurrent;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Accounts;

/// <summary>Hashes passwords, tells what that was, and can be made to take as long as a test wants.</summary>
internal sealed class WatchedHasher() : PasswordHasher<PersonRow>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })), IDisposable
{
    private readonly ManualResetEventSlim _free = new(initialState: true);
    private readonly ConcurrentQueue<string> _work = new();
    private readonly Lock _lock = new();

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _running;

    /// <summary>What it has done, each with the algorithm and the number of rounds.</summary>
    public IReadOnlyList<string> Work => [.. _work];

    /// <summary>The most at a time.</summary>
    public int Most { get; private set; }

    /// <summary>From now on, each takes until <see cref="LetGo"/>.</summary>
    public void Hold() => _free.Reset();

    public void LetGo() => _free.Set();

    /// <summary>Completes when so many are in progress.</summary>
    public async Task UntilRunningAsync(int count)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_running >= count)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.Soon();
        }
    }

    public override string HashPassword(PersonRow user, string password) => Do(() =>
    {
        var hash = base.HashPassword(user, password);
        _work.Enqueue($"make {Rounds(hash)}");
        return hash;
    });

    public override PasswordVerificationResult VerifyHashedPassword(PersonRow user, string hashedPassword, string providedPassword) => Do(() =>
    {
        _work.Enqueue($"check {Rounds(hashedPassword)}");
        return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
    });

    public void Dispose() => _free.Dispose();

    // The format, the function, the number of rounds and the length of the salt.
    private static string Rounds(string hash) => Convert.ToHexString(Convert.FromBase64String(hash)[..13]);

    private T Do<T>(Func<T> work)
    {
        Count(1);
        try
        {
            _free.Wait();
            return work();
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int change)
    {
        lock (_lock)
        {
            _running += change;
            Most = Math.Max(Most, _running);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
