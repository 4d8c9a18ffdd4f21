using BlazorChat.Accounts;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Few passwords are hashed at a time, and nobody waits for ever.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class PasswordGateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PasswordGate _gate;
    private readonly TaskCompletionSource _held = new();

    public PasswordGateTests() => _gate = new PasswordGate(_time);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Half_of_the_processor_is_left_to_everybody_else()
    {
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 2), PasswordGate.Places);
        var waiting = await FillAsync();
        Assert.False(waiting.IsCompleted);
        _held.SetResult();
        Assert.True((await waiting.Soon()).Value);
    }

    [Fact]
    public async Task Whoever_waits_ten_seconds_is_told_when_to_try_again_and_takes_no_place_along()
    {
        var waiting = await FillAsync();
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var refused = (await waiting.Soon()).Error;
        Assert.Equal((RoomErrorKind.Limit, TimeSpan.FromSeconds(1)), (refused?.Kind, refused?.RetryAfter));
        await CheckAllPlacesAsync();
    }

    [Fact]
    public async Task Whoever_gives_up_takes_no_place_along()
    {
        using var leaving = new CancellationTokenSource();
        var waiting = await FillAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        await CheckAllPlacesAsync();
    }

    [Fact]
    public async Task Work_that_fails_gives_its_place_back()
    {
        for (var i = 0; i <= PasswordGate.Places; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _gate.RunAsync<bool>(() => throw new InvalidOperationException(), default).Soon());
        }
    }

    // All that were held come free, and nobody who has gone holds one.
    private async Task CheckAllPlacesAsync()
    {
        _held.SetResult();
        var inside = 0;
        var all = new TaskCompletionSource();
        await Task.WhenAll(Enumerable.Range(0, PasswordGate.Places).Select(_ => _gate.RunAsync<bool>(async () =>
        {
            if (Interlocked.Increment(ref inside) == PasswordGate.Places)
            {
                all.SetResult();
            }

            await all.Task;
            return true;
        }, default))).Soon();
    }

    // Takes all places, and has one more wait.
    private async Task<Task<Result<bool>>> FillAsync(CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < PasswordGate.Places; i++)
        {
            var entered = new TaskCompletionSource();
            _ = _gate.RunAsync<bool>(async () =>
            {
                entered.SetResult();
                await _held.Task;
                return true;
            }, default);
            await entered.Task.Soon();
        }

        var waiting = _gate.RunAsync<bool>(() => Task.FromResult<Result<bool>>(true), cancellationToken);
        await _time.WaitForTimerAsync(due => due == PasswordGate.Longest);
        return waiting;
    }
}
