using BlazorChat.Accounts;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Few passwords are hashed at a time, and nobody waits for ever.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class PasswordGateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PasswordGate _gate;

    public PasswordGateTests() => _gate = new PasswordGate(_time);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Half_of_the_processor_is_left_to_everybody_else()
    {
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 2), PasswordGate.Places);
        var waiting = await FillAsync();
        Assert.False(waiting.IsCompleted);
        _gate.Leave();
        Assert.True(await waiting.Soon());
    }

    [Fact]
    public async Task Whoever_waits_ten_seconds_goes_and_takes_no_place_along()
    {
        var waiting = await FillAsync();
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await waiting.Soon());
        // The place that is left next is not given to somebody who has gone.
        _gate.Leave();
        Assert.True(await _gate.EnterAsync(default).Soon());
    }

    [Fact]
    public async Task Whoever_gives_up_takes_no_place_along()
    {
        using var leaving = new CancellationTokenSource();
        var waiting = await FillAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        _gate.Leave();
        Assert.True(await _gate.EnterAsync(default).Soon());
    }

    // Takes all places, and has one more wait.
    private async Task<Task<bool>> FillAsync(CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < PasswordGate.Places; i++)
        {
            Assert.True(await _gate.EnterAsync(cancellationToken).Soon());
        }

        var waiting = _gate.EnterAsync(cancellationToken);
        await _time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(10));
        return waiting;
    }
}
