using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>What is known of how a response came about.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class MetadataTests
{
    [Fact]
    public async Task Tokens_cost_and_times_of_all_steps_are_stored_and_summed_in_the_room()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        bench.Host.Assistants.Change = r => r with { Prices = new TokenPrices(2m, 10m, 0.5m) };
        var first = await bench.AskAsync();
        first.Send(new ChatResponseUpdate(ChatRole.Assistant, "Hm. ") { ModelId = "fake-2026" });
        first.Use(1_000, 100, 400, 60).Call("c1", "look").Finish();
        (await bench.Host.Model.NextAsync()).Use(2_000, 50, 1_600, 0).Finish("Done.");
        await bench.EndedAsync();

        var metadata = (await bench.StoredAsync()).Metadata!;
        Assert.Equal(new TokenCounts(3_000, 150, 2_000, 60), metadata.Tokens);
        Assert.Equal(((1_000m * 2m) + (2_000m * 0.5m) + (150m * 10m)) / 1_000_000m, metadata.Cost);
        Assert.Equal(("fake-2026", "Fake", 2), (metadata.Model, metadata.Provider, metadata.Steps));
        Assert.True(metadata.StartedAt <= metadata.FirstTokenAt);

        (await bench.AskAsync("Again")).Use(10, 5).Finish("Yes.");
        await bench.UntilAsync(m => m.Text == "Yes." && m.Status.IsEnded);
        Assert.Equal(new TokenCounts(3_010, 155, 2_000, 60), bench.Watch.Now.Room.Tokens);
        Assert.Equal(metadata.Cost + 0.00007m, bench.Watch.Now.Room.Cost);
        await bench.RestartAsync();
        Assert.Equal(new TokenCounts(3_010, 155, 2_000, 60), bench.Watch.Now.Room.Tokens);
        Assert.Equal(metadata.Cost + 0.00007m, bench.Watch.Now.Room.Cost);
    }

    [Fact]
    public async Task Tokens_from_a_cache_that_are_counted_beside_the_rest_cost_what_they_cost()
    {
        await using var bench = await TurnBench.StartAsync();
        bench.Host.Assistants.Change = r => r with { Prices = new TokenPrices(2m, 10m, 0.5m) };
        (await bench.AskAsync()).Use(100, 10, 10_000).Finish("Done.");
        var metadata = (await bench.EndedAsync()).Metadata!;
        Assert.Equal((10_100L, 10_000L), (metadata.Tokens.Input, metadata.Tokens.CachedInput));
        Assert.Equal(((100 * 2m) + (10_000 * 0.5m) + (10 * 10m)) / 1_000_000m, metadata.Cost);
    }

    [Fact]
    public async Task Without_prices_nothing_has_a_cost()
    {
        await using var bench = await TurnBench.StartAsync();
        (await bench.AskAsync()).Use(10, 5).Finish("Yes.");
        Assert.Null((await bench.EndedAsync()).Metadata!.Cost);
        Assert.Null(bench.Watch.Now.Room.Cost);
    }

    [Fact]
    public async Task A_pause_counts_nothing_twice()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Use(100, 10).Call("c1", "careful", """{"what":"it"}""").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(new TokenCounts(100, 10, 0, 0), paused.Metadata!.Tokens);
        await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true);
        (await bench.Host.Model.NextAsync()).Use(200, 20).Finish("Done.");
        var ended = await bench.EndedAsync();
        Assert.Equal((new TokenCounts(300, 30, 0, 0), 2), (ended.Metadata!.Tokens, ended.Metadata.Steps));
        Assert.Equal(paused.Metadata.FirstTokenAt, ended.Metadata.FirstTokenAt);
        Assert.Equal(new TokenCounts(300, 30, 0, 0), bench.Watch.Now.Room.Tokens);
    }
}
