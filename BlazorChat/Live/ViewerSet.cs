using System.Collections.Immutable;

namespace BlazorChat.Live;

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
