using BlazorChat.Benchmarks.Blocks;
using BlazorChat.Benchmarks.Report;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>What a token costs each viewer at the beginning and at the end of a long block, for every kind of block.</summary>
internal static class BlocksCommand
{
    /// <summary>The most that the end may cost, as a multiple of the beginning.</summary>
    public const double MostGrowth = 1.3;

    /// <summary>Measures every kind and prints one table.</summary>
    /// <returns>1 when a block costs more at its end than allowed, else 0.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new CommandLine(arguments, "--tokens");
        var tokens = options.Number("--tokens", 4_000, 2 * BlockCost.Window, 100_000);
        Console.WriteLine($"Bytes per token and viewer of one block of {tokens:n0} tokens, without compression, three tokens a frame.");
        var table = new MarkdownTable(Console.Out, "block", $"first {BlockCost.Window}", $"last {BlockCost.Window}", "whole", "last / first");
        var failures = 0;
        foreach (var kind in BlockKind.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cost = await BlockCost.MeasureAsync(kind, tokens);
            failures += cost.Growth > MostGrowth ? 1 : 0;
            table.Add(kind.Name, $"{cost.First:f1}", $"{cost.Last:f1}", $"{cost.Whole:f1}", $"{cost.Growth:f2}");
        }

        return failures == 0 ? 0 : 1;
    }
}
