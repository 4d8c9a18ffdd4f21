using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>What a streamed token costs, by viewers, history and compression.</summary>
internal static class FanoutCommand
{
    private const int TokensPerSecond = 50;
    private const int WarmUpViewers = 20;

    /// <summary>Measures every combination and prints one table.</summary>
    /// <returns>1 when a circuit was lost, a token missed or a text wrong, else 0.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new CommandLine(arguments, "--viewers", "--history", "--compress", "--seconds", "--runs", "--app");
        var viewerCounts = options.Numbers("--viewers", "1,50,200,500", 1, 5000);
        var histories = options.Numbers("--history", "0,10000", 0, 1_000_000);
        var compressions = options.Compress("both");
        var tokens = options.Number("--seconds", 30, 4, 200) * TokensPerSecond / 100 * 100;
        var runs = options.Number("--runs", 1, 1, 20);
        var assembly = Path.GetFullPath(options.Text("--app", AppProcess.DefaultAssembly));

        var pinned = await Workbench.PrepareAsync(cancellationToken);
        await using var bench = await Workbench.StartAsync(assembly, pinned, cancellationToken);
        await bench.WarmUpAsync(WarmUpViewers, cancellationToken);

        Console.WriteLine(
            $"One reply of {tokens} tokens at {TokensPerSecond} a second; bytes are per token and viewer; median of {runs} run(s).");
        var table = new MarkdownTable(
            Console.Out,
            "viewers", "earlier messages", "compression", "bytes, first 100", "last 100", "whole",
            "CPU-s / 1,000 viewer-tokens", "allocated / viewer-token", "latency p50 ms", "p99 ms", "lost", "missed", "wrong");
        var failures = 0;
        foreach (var compress in compressions)
        {
            foreach (var history in histories)
            {
                foreach (var viewers in viewerCounts)
                {
                    var results = new List<FanoutRun>();
                    for (var run = 0; run < runs; run++)
                    {
                        var room = await bench.App.CreateRoomAsync(history, cancellationToken);
                        await using var fleet = await CircuitFleet.ConnectAsync(
                            bench.App.Address, room.Path, viewers, compress, cancellationToken);
                        results.Add(await FanoutRun.MeasureAsync(bench, room, fleet, tokens, TokensPerSecond, cancellationToken));
                        ReportFailures(fleet);
                    }

                    var result = FanoutRun.Median(results);
                    failures += result.Lost + result.Missed + result.WrongTexts;
                    table.Add(
                        $"{viewers:n0}", $"{history:n0}", compress ? "on" : "off",
                        $"{result.FirstBytes:f1}", $"{result.LastBytes:f1}", $"{result.WholeBytes:f1}",
                        $"{result.CpuSeconds:f4}", $"{result.Allocated:n0} B", $"{result.Latency50:f0}", $"{result.Latency99:f0}",
                        $"{result.Lost}", $"{result.Missed}", $"{result.WrongTexts}");
                }
            }
        }

        return failures == 0 ? 0 : 1;
    }

    private static void ReportFailures(CircuitFleet fleet)
    {
        foreach (var failure in fleet.Failures)
        {
            Console.Error.WriteLine(failure);
        }
    }
}
