using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// Tells every open page that the server is about to stop, and holds the stop until they have paused their circuits or the time
/// for it is over. The server cannot pause a circuit: the page does, and keeps what comes back for the next process.
/// </summary>
internal sealed partial class PlannedStop(IHostApplicationLifetime lifetime, ILogger<PlannedStop> logger) : IDisposable
{
    // Pages that answer are done in a fraction of this; one that is frozen must not hold the stop.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<string, IJSRuntime> _pages = new(StringComparer.Ordinal);
    private readonly ManualResetEventSlim _allGone = new();
    private readonly Lock _lock = new();
    private CancellationTokenRegistration? _registration;
    private volatile bool _isStopping;

    /// <summary>Whether the server stops: nobody may open a circuit here any more.</summary>
    public bool IsStopping => _isStopping;

    public void Add(string circuitId, IJSRuntime page)
    {
        lock (_lock)
        {
            // Callbacks run in the reverse order of their registration. SignalR closes all connections in its own, which it
            // registers when its first connection comes: registered here, behind a circuit, this one runs before it.
            _registration ??= lifetime.ApplicationStopping.Register(TellPages);
        }

        _pages[circuitId] = page;
    }

    public void Remove(string circuitId)
    {
        if (_pages.TryRemove(circuitId, out _) && _isStopping && _pages.IsEmpty)
        {
            _allGone.Set();
        }
    }

    public void Dispose()
    {
        _registration?.Dispose();
        _allGone.Dispose();
    }

    private void TellPages()
    {
        _isStopping = true;
        var started = TimeProvider.System.GetTimestamp();
        var told = _pages.Count;
        foreach (var page in _pages.Values)
        {
            _ = TellAsync(page);
        }

        if (!_pages.IsEmpty)
        {
            _allGone.Wait(Longest);
        }

        LogTold(told, told - _pages.Count, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task TellAsync(IJSRuntime page)
    {
        try
        {
            await page.InvokeVoidAsync("blazorChat.pauseUntilBack").ConfigureAwait(false);
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException or InvalidOperationException)
        {
            // That page finds out by itself, and is loaded again.
        }
    }

    [LoggerMessage(LogLevel.Information, "{Told} pages were told that the server stops; {Paused} had paused after {Milliseconds:0} ms.")]
    private partial void LogTold(int told, int paused, double milliseconds);
}

/// <summary>Knows the pages that are connected.</summary>
internal sealed class PlannedStopHandler(PlannedStop stop, IJSRuntime page) : CircuitHandler
{
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        stop.Add(circuit.Id, page);
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        stop.Remove(circuit.Id);
        return Task.CompletedTask;
    }
}

/// <summary>
/// A page that comes back while the server is still stopping would open a connection that nobody closes, and Kestrel would wait for
/// it until the host's time is over (dotnet/aspnetcore issue 58947). It is asked to come again.
/// </summary>
internal static class StoppingRefusal
{
    public static void UseStoppingRefusal(this WebApplication app)
    {
        var stop = app.Services.GetRequiredService<PlannedStop>();
        app.Use((context, next) =>
        {
            if (!(stop.IsStopping || app.Lifetime.ApplicationStopping.IsCancellationRequested)
                || !(context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) || context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }
}
