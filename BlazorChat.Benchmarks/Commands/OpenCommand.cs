using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>How soon an opened room is there: its first HTML, and the circuit after it.</summary>
internal static class OpenCommand
{
    private const int WarmUpViewers = 20;

    /// <summary>Opens rooms again and again, one at a time, and prints one table.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new CommandLine(arguments, "--requests", "--history", "--app");
        var requests = options.Number("--requests", 100, 1, 10_000);
        var histories = options.Numbers("--history", "0,10000", 0, 1_000_000);
        var assembly = Path.GetFullPath(options.Text("--app", AppProcess.DefaultAssembly));

        var pinned = await Workbench.PrepareAsync(cancellationToken);
        await using var bench = await Workbench.StartAsync(assembly, pinned, cancellationToken);
        await bench.WarmUpAsync(WarmUpViewers, cancellationToken);

        var table = new MarkdownTable(
            Console.Out,
            "earlier messages", "HTML KB", "first byte p50 ms", "p99 ms", "complete p50 ms", "p99 ms", "live p50 ms", "p99 ms");
        foreach (var history in histories)
        {
            var room = await bench.App.CreateRoomAsync(history, cancellationToken);
            var pages = new List<Page>();
            var connects = new List<double>();
            for (var i = 0; i < requests; i++)
            {
                await using var viewer = new CircuitClient(bench.App.Address, compress: true);
                await viewer.JoinAsync(cancellationToken);
                var page = await viewer.LoadAsync(room.Path, cancellationToken);
                await viewer.StartAsync(page, cancellationToken);
                pages.Add(page);
                connects.Add(viewer.ConnectTime.TotalMilliseconds);
            }

            var firstBytes = pages.ConvertAll(page => page.FirstByte.TotalMilliseconds);
            var completes = pages.ConvertAll(page => page.Complete.TotalMilliseconds);
            table.Add(
                $"{history:n0}",
                $"{pages.Average(page => page.Bytes) / 1024:f1}",
                $"{Percentile.Of(firstBytes, 0.5):f1}", $"{Percentile.Of(firstBytes, 0.99):f1}",
                $"{Percentile.Of(completes, 0.5):f1}", $"{Percentile.Of(completes, 0.99):f1}",
                $"{Percentile.Of(connects, 0.5):f1}", $"{Percentile.Of(connects, 0.99):f1}");
        }

        return 0;
    }
}
