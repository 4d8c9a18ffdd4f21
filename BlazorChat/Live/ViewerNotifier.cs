using System.Collections.Immutable;
using System.Threading.Channels;

namespace BlazorChat.Live;

/// <summary>
/// Carries notices to circuits. An idle circuit renders on the thread that wakes it, so a thread that produces tokens must not do
/// it: a few workers wake circuits side by side. A viewer is in the queue at most once, which bounds the queue.
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

    /// <summary>Stops the workers, after they have handled the notices in the queue.</summary>
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
#pragma warning disable CA1031 // One viewer's failure must not keep the others from being woken.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogViewerFailed(e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A viewer could not be notified of a change.")]
    private partial void LogViewerFailed(Exception exception);
}

/// <summary>A receiver of change notices, with at most one notice waiting at a time.</summary>
internal sealed class Viewer(ViewerNotifier notifier, Action changed)
{
    private int _pending;
    private int _hidden;
    private volatile bool _gone;

    /// <summary>Whether its page is not on screen.</summary>
    public bool IsHidden => Volatile.Read(ref _hidden) == 1;

    /// <returns>False if it already was as it is to be.</returns>
    public bool Hide(bool isHidden) => Interlocked.Exchange(ref _hidden, isHidden ? 1 : 0) == (isHidden ? 0 : 1);

    /// <summary>Queues a notice, unless one is already waiting.</summary>
    public void Notify()
    {
        if (!_gone && Interlocked.Exchange(ref _pending, 1) == 0)
        {
            notifier.Enqueue(this);
        }
    }

    /// <summary>Call this just before reading: later changes cause another notice.</summary>
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

/// <summary>The viewers of one room or list. Viewers can be added and removed while others are being notified.</summary>
internal sealed class ViewerSet(ViewerNotifier notifier)
{
    private ImmutableHashSet<Viewer> _viewers = [];
    private int _hidden;

    public int Count => Volatile.Read(ref _viewers).Count;

    /// <summary>How many are on screen.</summary>
    public int Visible => Count - Volatile.Read(ref _hidden);

    public Viewer Add(Action changed)
    {
        var viewer = new Viewer(notifier, changed);
        ImmutableInterlocked.Update(ref _viewers, static (all, added) => all.Add(added), viewer);
        return viewer;
    }

    /// <returns>False if the viewer was not in the set, or had been removed before.</returns>
    public bool Remove(Viewer viewer)
    {
        viewer.Leave();
        Hide(viewer, isHidden: false);
        return ImmutableInterlocked.Update(ref _viewers, static (all, removed) => all.Remove(removed), viewer);
    }

    /// <summary>Sets whether a viewer of the set is on screen.</summary>
    public void Hide(Viewer viewer, bool isHidden)
    {
        if (viewer.Hide(isHidden))
        {
            Interlocked.Add(ref _hidden, isHidden ? 1 : -1);
        }
    }

    /// <summary>Notifies all viewers.</summary>
    public void Notify() => Notify(hiddenToo: true);

    /// <summary>Notifies the viewers that are on screen, and perhaps the others.</summary>
    public void Notify(bool hiddenToo)
    {
        foreach (var viewer in Volatile.Read(ref _viewers))
        {
            if (hiddenToo || !viewer.IsHidden)
            {
                viewer.Notify();
            }
        }
    }
}
