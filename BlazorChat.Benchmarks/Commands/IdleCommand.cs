using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>What the empty server and a circuit that only sits there cost.</summary>
internal static class IdleCommand
{
    private const int WarmUpViewers = 50;
    private const double Kilobyte = 1024;
    private const double Megabyte = 1024 * 1024;

    /// <summary>Measures with a fresh server for each compression setting, and prints one table.</summary>
    /// <returns>1 when a circuit was lost, else 0.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new CommandLine(arguments, "--circuits", "--history", "--compress", "--app");
        var circuits = options.Number("--circuits", 200, 1, 5000);
        var histories = options.Numbers("--history", "10000", 0, 1_000_000);
        var assembly = Path.GetFullPath(options.Text("--app", AppProcess.DefaultAssembly));

        var pinned = await Workbench.PrepareAsync(cancellationToken);
        var table = new MarkdownTable(
            Console.Out,
            "circuits", "earlier messages", "compression", "heap KB / circuit", "RSS KB / circuit", "CPU ms / connect",
            "connect p50 ms", "p99 ms", "empty server MB", "lost");
        var lost = 0;
        foreach (var compress in options.Compress("both"))
        {
            foreach (var history in histories)
            {
                await using var bench = await Workbench.StartAsync(assembly, pinned, cancellationToken);
                var empty = await bench.App.SampleAsync(collect: false, cancellationToken);
                await bench.WarmUpAsync(WarmUpViewers, cancellationToken);
                var room = await bench.App.CreateRoomAsync(history, cancellationToken);
                var before = await bench.App.SampleAsync(collect: true, cancellationToken);

                await using var fleet = await CircuitFleet.ConnectAsync(
                    bench.App.Address, room.Path, circuits, compress, cancellationToken);
                await fleet.WaitForQuietAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), cancellationToken);
                var connected = await bench.App.SampleAsync(collect: false, cancellationToken);
                var after = await bench.App.SampleAsync(collect: true, cancellationToken);

                var connectTimes = fleet.Viewers.Select(viewer => viewer.ConnectTime.TotalMilliseconds).ToList();
                lost += fleet.Lost;
                table.Add(
                    $"{circuits:n0}", $"{history:n0}", compress ? "on" : "off",
                    $"{(after.HeapBytes - before.HeapBytes) / Kilobyte / circuits:f1}",
                    $"{(after.WorkingSetBytes - before.WorkingSetBytes) / Kilobyte / circuits:f1}",
                    $"{(connected.CpuSeconds - before.CpuSeconds) * 1000 / circuits:f1}",
                    $"{Percentile.Of(connectTimes, 0.5):f0}", $"{Percentile.Of(connectTimes, 0.99):f0}",
                    $"{empty.WorkingSetBytes / Megabyte:f0}", $"{fleet.Lost}");
            }
        }

        return lost == 0 ? 0 : 1;
    }
}
