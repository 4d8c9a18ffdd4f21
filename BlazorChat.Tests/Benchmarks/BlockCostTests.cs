using BlazorChat.Benchmarks.Blocks;
using BlazorChat.Benchmarks.Commands;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

/// <summary>The budget of a growing block, in bytes: what a token costs does not depend on what came before it.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class BlockCostTests
{
    private const int Tokens = 4_000;

    // Beside the fixed cost of a frame, which is 31 bytes per token at three tokens a frame.
    private const int MostBytes = 110;

    public static TheoryData<string> Kinds => [.. BlockKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_token_costs_as_much_at_the_end_of_a_long_block_as_at_its_beginning(string name)
    {
        var cost = await BlockCost.MeasureAsync(BlockKind.All.Single(kind => kind.Name == name), Tokens);

        Assert.InRange(cost.First, 1, MostBytes);
        Assert.True(cost.Growth <= BlocksCommand.MostGrowth, $"{cost.First:f1} bytes per token became {cost.Last:f1}.");
        Assert.True(cost.Whole <= cost.First * BlocksCommand.MostGrowth, $"{cost.First:f1} bytes per token became {cost.Whole:f1} on average.");
    }
}
