namespace BlazorChat.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it, and that a test can ask what is waited for. Timers that become due fire inside
/// <see cref="Microsoft.Extensions.Time.Testing.FakeTimeProvider.Advance"/>, on its thread. One of zero is due a tick later: the system's
/// clock never runs a callback on the thread that sets the timer, which the library's does.
/// </summary>
public sealed class FakeTimeProvider() : Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    private readonly Lock _lock = new();
    private readonly List<WatchedTimer> _timers = [];
    private readonly List<(Func<TimeSpan, bool> Due, int Count, TaskCompletionSource Seen)> _waiters = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, callback, state);
        timer.Inner = base.CreateTimer(_ => timer.Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when a timer is set whose time left satisfies a condition: the code under test has come to its wait.</summary>
    public Task WaitForTimerAsync(Func<TimeSpan, bool> due) => WaitForTimersAsync(1, due);

    /// <summary>Completes when so many timers are set whose time left satisfies a condition.</summary>
    public async Task WaitForTimersAsync(int count, Func<TimeSpan, bool> due)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (AreSet(count, due))
            {
                return;
            }

            _waiters.Add((due, count, seen));
        }

        await seen.Task.Soon();
    }

    private bool AreSet(int count, Func<TimeSpan, bool> due) => _timers.Count(timer => due(timer.Due - GetUtcNow())) >= count;

    private void Note(WatchedTimer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime < TimeSpan.Zero)
            {
                return;
            }

            timer.Due = GetUtcNow() + dueTime;
            _timers.Add(timer);
            foreach (var waiter in _waiters.Where(waiter => AreSet(waiter.Count, waiter.Due)).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Seen.SetResult();
            }
        }
    }

    private sealed class WatchedTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public ITimer Inner { get; set; } = null!;

        public DateTimeOffset Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            // Set before it is seen, so that who has seen it can advance to it.
            var changed = Inner.Change(dueTime == TimeSpan.Zero ? TimeSpan.FromTicks(1) : dueTime, period);
            clock.Note(this, changed ? dueTime : Timeout.InfiniteTimeSpan);
            return changed;
        }

        public void Fire()
        {
            clock.Note(this, _period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            callback(state);
        }

        public void Dispose()
        {
            clock.Note(this, Timeout.InfiniteTimeSpan);
            Inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
