using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Providers.Ollama;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Turns.Prompts;

/// <summary>What was sent, and what the provider says that its model has read.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ContextCheckTests
{
    // Some 2,200 tokens.
    private static readonly string Long = string.Concat(Enumerable.Repeat("a word and ", 700));

    [Theory]
    [InlineData("fake", 2_150, 0, false)]
    [InlineData("fake", 1_300, 0, false)]
    [InlineData("fake", 1_024, 0, true)]
    [InlineData("fake", 1_024, 900, true)]
    [InlineData("fake", 300, 1_800, false)]
    [InlineData("fake", 0, 0, false)]
    [InlineData("gpt-4o", 2_150, 0, false)]
    [InlineData("gpt-4o", 1_500, 0, true)]
    public async Task A_context_that_was_cut_is_said_at_the_answer_and_in_the_log(string model, long read, long cached, bool isCut)
    {
        await ModelTokenizer.O200k.LoadAsync();
        using var log = new LogCapture();
        await using var host = await ChatHost.StartAsync(builder => builder.Logging.AddProvider(log), null, null, "Demo");
        host.Assistants.Change = assistant => assistant with { Model = model };
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, Long);
        (await host.Model.NextAsync()).Use(read, 5, cached).Finish("Well.");
        var message = await watch.EndedAsync();
        Assert.Equal("Well.", message.Text);
        Assert.IsType<MessageStatus.Complete>(message.Status);
        var told = message.Parts.OfType<ErrorPart>().Select(part => part.Message).ToList();
        Assert.Equal(isCut ? 1 : 0, told.Count);
        Assert.Equal(isCut ? 1 : 0, log.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("cut off the prompt", StringComparison.Ordinal)));
        if (isCut)
        {
            Assert.StartsWith($"The model read only about {read:N0} of 2,", told[0], StringComparison.Ordinal);
            Assert.EndsWith("so the assistant may have missed part of the conversation.", told[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_is_said_once_in_an_answer_and_the_model_is_not_told()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "Nothing."));
        (await bench.AskAsync(Long)).Use(100, 5).Call("c1", "look").Finish();
        var second = await bench.Host.Model.NextAsync();
        Assert.DoesNotContain("missed", string.Join('\n', second.Lines), StringComparison.Ordinal);
        second.Use(100, 5).Finish("Well.");
        var message = await bench.EndedAsync();
        Assert.Single(message.Parts.OfType<ErrorPart>());
        Assert.Equal("Well.", message.Text);
    }

    [Fact]
    public async Task Long_tools_and_earlier_reasoning_are_not_taken_for_what_was_cut()
    {
        // Providers write schemas shorter, and leave thoughts out.
        await using var bench = await TurnBench.StartAsync([.. Enumerable.Range(0, 20).Select(i => new BlazorChat.Turns.Tools.ChatTool(AIFunctionFactory.Create((string what) => what, $"tool{i}", Long[..2_000])))]);
        (await bench.AskAsync("Hi")).Think("Hm.", new string('x', 20_000)).Use(60, 5).Call("c1", "tool1", """{"what":"x"}""").Finish();
        (await bench.Host.Model.NextAsync()).Use(90, 5).Finish("Well.");
        Assert.Empty((await bench.EndedAsync()).Parts.OfType<ErrorPart>());
    }

    [Theory]
    [InlineData("fake", "estimate")]
    [InlineData("gpt-4o", "tokenizer")]
    public async Task How_far_the_count_is_off_is_a_figure(string model, string by)
    {
        await ModelTokenizer.O200k.LoadAsync();
        await using var bench = await TurnBench.StartAsync();
        using var figures = new Figures(bench.Host.App);
        bench.Host.Assistants.Change = assistant => assistant with { Model = model };
        (await bench.AskAsync(Long)).Use(4_000, 5).Finish("Well.");
        await bench.EndedAsync();
        var figure = Assert.Single(figures.Of("blazorchat.tokens.counted_ratio"));
        Assert.InRange(figure.Value, 0.5, 0.9);
        Assert.Equal(by, figure.Tags["blazorchat.tokens.by"]);
        Assert.Equal("demo", figure.Tags["gen_ai.agent.id"]);
    }

    [Fact]
    public async Task A_small_context_of_a_real_protocol_is_said_at_the_answer()
    {
        await using var room = await ModelRoom.StartAsync(ModelWire.Ollama);
        room.Stub.EnqueueStream(room.Wire.Text("Well."), OllamaWire.Finish("stop", 512, 3));
        var message = await room.AnswerAsync(Long);
        Assert.Equal("Well.", message.Text);
        Assert.StartsWith("The model read only about 512 of ", Assert.Single(message.Parts.OfType<ErrorPart>()).Message, StringComparison.Ordinal);
    }
}
