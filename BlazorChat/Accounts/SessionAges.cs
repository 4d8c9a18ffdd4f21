using BlazorChat.Access;

namespace BlazorChat.Accounts;

/// <summary>Ends sessions that were not used for long when their time comes, so that pages that are still open end as well.</summary>
internal sealed class SessionAges(PeopleDirectory directory, TimeProvider time) : IHostedService, IDisposable
{
    // The clock may be set meanwhile. New sessions last longer than this.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private ITimer? _timer;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static self => ((SessionAges)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        var now = time.GetUtcNow();
        var wait = directory.EndAged(now) - now;
        _timer?.Change(wait < Longest ? wait : Longest, Timeout.InfiniteTimeSpan);
    }
}
