using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>What a fast response costs while a crowd watches it: right after the start of the server, and once more.</summary>
internal static class CrowdCommand
{
    private const double Megabyte = 1024 * 1024;

    /// <summary>Measures with a fresh server for each run, and prints one table.</summary>
    /// <returns>1 when a circuit was lost, a token missed or a text wrong, else 0.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new CommandLine(arguments, "--viewers", "--tokens", "--rate", "--compress", "--runs", "--app");
        var viewers = options.Number("--viewers", 200, 1, 5000);
        var tokens = options.Number("--tokens", 400, 200, 10_000) / 100 * 100;
        var rate = options.Number("--rate", 100, 1, 1000);
        var runs = options.Number("--runs", 1, 1, 20);
        var assembly = Path.GetFullPath(options.Text("--app", AppProcess.DefaultAssembly));

        var pinned = await Workbench.PrepareAsync(cancellationToken);
        Console.WriteLine($"Two replies of {tokens} tokens at {rate} a second to {viewers:n0} viewers; a new server for each row.");
        var table = new MarkdownTable(
            Console.Out,
            "compression", "CPU-s, first reply", "second", "batches / viewer", "bytes / token", "latency p50 ms", "p99 ms",
            "memory / viewer MB", "empty server MB", "lost", "missed", "wrong");
        var failures = 0;
        foreach (var compress in options.Compress("both"))
        {
            for (var run = 0; run < runs; run++)
            {
                await using var bench = await Workbench.StartAsync(assembly, pinned, cancellationToken);
                var empty = await bench.App.SampleAsync(collect: false, cancellationToken);
                var room = await bench.App.CreateRoomAsync(history: 0, cancellationToken);
                await using var fleet = await CircuitFleet.ConnectAsync(bench.App.Address, room.Path, viewers, compress, cancellationToken);
                var first = await FanoutRun.MeasureAsync(bench, room, fleet, tokens, rate, cancellationToken);
                var batches = fleet.Viewers.Sum(viewer => viewer.Batches);
                var second = await FanoutRun.MeasureAsync(bench, room, fleet, tokens, rate, cancellationToken);
                foreach (var failure in fleet.Failures)
                {
                    Console.Error.WriteLine(failure);
                }

                var viewerTokens = viewers * (double)tokens / 1000;
                failures += second.Lost + first.Missed + second.Missed + first.WrongTexts + second.WrongTexts;
                table.Add(
                    compress ? "on" : "off",
                    $"{first.CpuSeconds * viewerTokens:f2}", $"{second.CpuSeconds * viewerTokens:f2}",
                    $"{(fleet.Viewers.Sum(viewer => viewer.Batches) - batches) / (double)viewers:f0}", $"{second.WholeBytes:f1}",
                    $"{second.Latency50:f0}", $"{second.Latency99:f0}",
                    $"{(second.WorkingSet - empty.WorkingSetBytes) / Megabyte / viewers:f2}", $"{empty.WorkingSetBytes / Megabyte:f0}",
                    $"{second.Lost}", $"{first.Missed + second.Missed}", $"{first.WrongTexts + second.WrongTexts}");
            }
        }

        return failures == 0 ? 0 : 1;
    }
}
