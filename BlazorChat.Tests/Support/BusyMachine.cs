namespace BlazorChat.Tests.Support;

/// <summary>
/// A machine that is busy with other work: three threads for each core compute, and one writes to the disk and waits for it, until this is
/// disposed of.
/// </summary>
internal sealed class BusyMachine : IDisposable
{
    private const int ThreadsPerCore = 3;

    private readonly List<Thread> _threads = [];
    private volatile bool _isOver;

    private BusyMachine()
    {
    }

    /// <summary>Begins the work.</summary>
    /// <param name="folder">Where a file is written, on the disk that the application uses.</param>
    public static BusyMachine Begin(string folder)
    {
        var machine = new BusyMachine();
        for (var i = 0; i < Environment.ProcessorCount * ThreadsPerCore; i++)
        {
            machine.Add(machine.Compute);
        }

        machine.Add(() => machine.Write(Path.Combine(folder, "other-work")));
        return machine;
    }

    public void Dispose()
    {
        _isOver = true;
        _threads.ForEach(thread => thread.Join());
    }

    private void Add(ThreadStart work)
    {
        var thread = new Thread(work) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Compute()
    {
        while (!_isOver)
        {
            Thread.SpinWait(1_000);
        }
    }

    private void Write(string path)
    {
        var content = new byte[1_000_000];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        while (!_isOver)
        {
            file.Position = 0;
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
    }
}
