using System.Collections.Immutable;
using System.Threading.Channels;

namespace BlazorChat.Live;

/// <summary>
/// Carries notices to circuits. A circuit that is idle renders on the thread that wakes it, so waking must not happen on
/// a thread that produces tokens: a few workers do it, side by side. A viewer is in the queue at most once, which bounds it.
/// </summary>
public sealed partial class ViewerNotifier : IAsyncDisposable
{
    private readonly Channel<Viewer> _due = Channel.CreateUnbounded<Viewer>();
    private readonly Task[] _workers;
    private readonly ILogger<ViewerNotifier> _logger;

    /// <summary>Starts the workers.</summary>
    public ViewerNotifier(ILogger<ViewerNotifier> logger)
    {
        _logger = logger;
        _workers = [.. Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount)).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>Wakes nobody any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _due.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    internal void Enqueue(Viewer viewer) => _due.Writer.TryWrite(viewer);

    private async Task WorkAsync()
    {
        await foreach (var viewer in _due.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                viewer.Wake();
            }
#pragma warning disable CA1031 // One viewer's failure is that viewer's own: the others must still be woken.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogViewerFailed(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A viewer could not be told of a change.")]
    private partial void LogViewerFailed(Exception exception);
}

/// <summary>Somebody who is told that something changed, at most one notice at a time.</summary>
internal sealed class Viewer(ViewerNotifier notifier, Action changed)
{
    private int _pending;
    private volatile bool _gone;

    /// <summary>Says that something changed; free when a notice is under way already.</summary>
    public void Notify()
    {
        if (!_gone && Interlocked.Exchange(ref _pending, 1) == 0)
        {
            notifier.Enqueue(this);
        }
    }

    /// <summary>The viewer is about to look: changes from here on are worth another notice.</summary>
    public void Looks() => Interlocked.Exchange(ref _pending, 0);

    public void Leave() => _gone = true;

    internal void Wake()
    {
        if (!_gone)
        {
            changed();
        }
    }
}

/// <summary>The viewers of one thing. Adding and removing is safe while they are being notified.</summary>
internal sealed class ViewerSet(ViewerNotifier notifier)
{
    private ImmutableHashSet<Viewer> _viewers = [];

    public int Count => Volatile.Read(ref _viewers).Count;

    public Viewer Add(Action changed)
    {
        var viewer = new Viewer(notifier, changed);
        ImmutableInterlocked.Update(ref _viewers, static (all, added) => all.Add(added), viewer);
        return viewer;
    }

    /// <returns>False when it was not there (any more).</returns>
    public bool Remove(Viewer viewer)
    {
        viewer.Leave();
        return ImmutableInterlocked.Update(ref _viewers, static (all, removed) => all.Remove(removed), viewer);
    }

    public void Notify()
    {
        foreach (var viewer in Volatile.Read(ref _viewers))
        {
            viewer.Notify();
        }
    }
}
