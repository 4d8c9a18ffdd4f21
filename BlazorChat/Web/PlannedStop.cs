using System.Collections.Concurrent;
using BlazorChat.Turns;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// Tells every open page that the server is about to stop, and holds the stop until the pages have paused their circuits or the time
/// is up. The server cannot pause a circuit itself: the page does it, and keeps the circuit's state for the next process.
/// </summary>
internal sealed partial class PlannedStop(IHostApplicationLifetime lifetime, ShutdownGrace grace, TimeProvider time, ILogger<PlannedStop> logger) : IDisposable
{
    /// <summary>
    /// How long the stop waits after the last sign of progress: a page answered or disconnected. A live page needs a fraction of this, and
    /// a frozen page must not hold the stop.
    /// </summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait while there is progress: service managers kill a process that has not ended after ten seconds.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<string, IJSRuntime> _pages = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private TaskCompletionSource _progress = NewSignal();
    private CancellationTokenRegistration? _registration;

    /// <summary>Whether the server is stopping. No page may open a circuit then.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Adds a page that is now connected.</summary>
    /// <param name="circuitId">The id of its circuit.</param>
    /// <param name="page">Calls the page's scripts.</param>
    public void Add(string circuitId, IJSRuntime page)
    {
        _pages[circuitId] = page;
        if (IsStopping)
        {
            // The page was connecting when the others were told.
            _ = TellAsync(page);
            return;
        }

        lock (_lock)
        {
            // Callbacks run in reverse order of registration. SignalR registers its callback, which closes all connections, at its
            // first connection. This one is registered later, for a circuit, and so runs first. It must block the thread, because the
            // stop goes on as soon as it returns.
            _registration ??= lifetime.ApplicationStopping.Register(() => TellPagesAsync().GetAwaiter().GetResult());
        }
    }

    /// <summary>Removes a page that has disconnected.</summary>
    /// <param name="circuitId">The id of its circuit.</param>
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
            // Taken before the check, so that no progress in between is missed.
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
            // The page is alive, but may need a little longer on a busy machine.
            SignalProgress();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException or InvalidOperationException)
        {
            // The page notices by itself that the server is gone, and reloads.
        }
    }

    [LoggerMessage(LogLevel.Information, "Told {Told} pages that the server is stopping; {Left} were still connected after {Milliseconds:0} ms.")]
    private partial void LogTold(int told, int left, double milliseconds);
}
