using System.Collections.Concurrent;
using BlazorChat.Turns;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// Tells every open page that the server is about to stop, and holds the stop until they have paused their circuits or the time
/// for it is over. The server cannot pause a circuit: the page does, and keeps what comes back for the next process.
/// </summary>
internal sealed partial class PlannedStop(IHostApplicationLifetime lifetime, ShutdownGrace grace, TimeProvider time, ILogger<PlannedStop> logger) : IDisposable
{
    /// <summary>How long is waited after the last page that answered or went. One that does needs a fraction of it; one that is frozen must not hold the stop.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long is waited in all while pages still answer and go: service managers kill what has not ended after ten seconds.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, IJSRuntime> _pages = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private TaskCompletionSource _progress = NewSignal();
    private CancellationTokenRegistration? _registration;

    /// <summary>Whether the server stops: nobody may open a circuit here any more.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>A page is connected.</summary>
    /// <param name="circuitId">Its circuit.</param>
    /// <param name="page">What calls its scripts.</param>
    public void Add(string circuitId, IJSRuntime page)
    {
        _pages[circuitId] = page;
        if (IsStopping)
        {
            // Its connection was under way when the others were told.
            _ = TellAsync(page);
            return;
        }

        lock (_lock)
        {
            // Callbacks run in the reverse order of their registration. SignalR closes all connections in its own, which it
            // registers when its first connection comes: registered here, behind a circuit, this one runs before it.
            // It has to hold the thread: the stop goes on when it returns.
            _registration ??= lifetime.ApplicationStopping.Register(() => TellPagesAsync().GetAwaiter().GetResult());
        }
    }

    /// <summary>A page's connection is gone.</summary>
    /// <param name="circuitId">Its circuit.</param>
    public void Remove(string circuitId)
    {
        if (_pages.TryRemove(circuitId, out _))
        {
            SignalProgress();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _registration?.Dispose();

    private void SignalProgress() => Interlocked.Exchange(ref _progress, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task TellPagesAsync()
    {
        grace.Begin();
        var started = time.GetTimestamp();
        var told = _pages.Count;
        foreach (var page in _pages.Values)
        {
            _ = TellAsync(page);
        }

        await WaitForPagesAsync(started).ConfigureAwait(false);
        LogTold(told, _pages.Count, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task WaitForPagesAsync(long started)
    {
        while (true)
        {
            // Taken before looking, so that nothing goes unseen in between.
            var next = Volatile.Read(ref _progress).Task;
            var left = Longest - time.GetElapsedTime(started);
            if (_pages.IsEmpty || left <= TimeSpan.Zero)
            {
                return;
            }

            try
            {
                await next.WaitAsync(left < Patience ? left : Patience, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    private async Task TellAsync(IJSRuntime page)
    {
        try
        {
            await page.InvokeVoidAsync("blazorChat.pauseUntilBack").ConfigureAwait(false);
            // It is alive: on a busy machine it needs a moment more.
            SignalProgress();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException or InvalidOperationException)
        {
            // That page finds out by itself, and is loaded again.
        }
    }

    [LoggerMessage(LogLevel.Information, "{Told} pages were told that the server stops; {Left} were still connected after {Milliseconds:0} ms.")]
    private partial void LogTold(int told, int left, double milliseconds);
}
