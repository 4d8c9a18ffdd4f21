using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>What of a room is sent to a model.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ContextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_rooms_first_messages_are_sent_however_much_has_come_since(int keepFirst)
    {
        await using var bench = await TurnBench.StartAsync();
        Set(bench, new ContextPolicy { KeepFirst = keepFirst });
        bench.Host.Assistants.PromptTokens = 600;
        await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, null, AnswerMode.WhenMentioned, default);
        foreach (var text in (string[])["Rule one", "Rule two", .. Enumerable.Range(0, 60).Select(i => $"Talk {i} {new string('x', 200)}")])
        {
            await bench.Host.PostAsync(bench.Room, text, ChatHost.Grace);
        }

        var asked = await bench.AskAsync("@Demo what now?");
        var lines = asked.Lines.ToList();
        string[] rules = ["Grace: Rule one", "Grace: Rule two"];
        Assert.Equal(rules.Take(keepFirst), lines.Where(rules.Contains));
        Assert.Equal(rules.Take(keepFirst), lines.Take(keepFirst));
        Assert.StartsWith("Grace: Talk 59 ", lines[^2], StringComparison.Ordinal);
        Assert.Equal("Ada: @Demo what now?", lines[^1]);
        Assert.DoesNotContain(lines, l => l.StartsWith("Grace: Talk 0 ", StringComparison.Ordinal));
        asked.Finish("Well.");
    }

    [Fact]
    public async Task The_rooms_name_reaches_the_model_as_it_was_written()
    {
        await using var bench = await TurnBench.StartAsync();
        var room = await bench.Host.RoomAsync("Café <b>\"計画\"</b>");
        await bench.Host.PostAsync(room, "Hello");
        Assert.Contains("""named "Café <b>\"計画\"</b>".""", (await bench.Host.Model.NextAsync()).Options!.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_messages_are_sent_once_also_when_everything_fits()
    {
        await using var bench = await TurnBench.StartAsync();
        Set(bench, new ContextPolicy { KeepFirst = 3 });
        (await bench.AskAsync("One")).Finish("1");
        await bench.UntilAsync(m => m is { Text: "1", Status.IsEnded: true });
        var asked = await bench.AskAsync("Two");
        Assert.Equal(["Ada: One", "assistant: 1", "Ada: Two"], asked.Lines);
        asked.Finish("2");
    }

    [Theory]
    [InlineData(true, new[] { "second" })]
    [InlineData(false, new[] { "first", "second" })]
    public async Task Old_reasoning_is_left_out_where_it_should_be(bool drop, string[] sent)
    {
        await using var bench = await TurnBench.StartAsync();
        Set(bench, new ContextPolicy { DropOldReasoning = drop });
        foreach (var thought in (string[])["first", "second"])
        {
            (await bench.AskAsync(thought)).Think(thought, "sealed " + thought).Finish("After " + thought);
            await bench.UntilAsync(m => m.Text == "After " + thought && m.Status.IsEnded);
        }

        var asked = await bench.AskAsync("third");
        Assert.Equal(sent, asked.Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>().Select(r => r.Text));
        asked.Finish("Done.");
    }

    [Theory]
    [InlineData(0, new[] { "c1: (result left out)", "c2: (result left out)" })]
    [InlineData(1, new[] { "c1: (result left out)", "c2: seen" })]
    [InlineData(null, new[] { "c1: seen", "c2: seen" })]
    public async Task Old_results_are_left_out_and_their_calls_stay(int? after, string[] sent)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        Set(bench, new ContextPolicy { DropToolResultsAfter = after });
        foreach (var id in (string[])["c1", "c2"])
        {
            (await bench.AskAsync(id)).Call(id, "look").Finish();
            var own = await bench.Host.Model.NextAsync();
            Assert.Equal($"{id}: seen", own.Results.Last());
            own.Finish("After " + id);
            await bench.UntilAsync(m => m.Text == "After " + id && m.Status.IsEnded);
        }

        var asked = await bench.AskAsync("And now?");
        Assert.Equal(sent, asked.Results);
        Assert.Equal(["c1", "c2"], asked.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId));
        asked.Finish("Done.");
    }

    [Fact]
    public async Task What_is_answered_again_stands_last_though_others_were_answered_since()
    {
        await using var bench = await TurnBench.StartAsync();
        (await bench.AskAsync("One")).Finish("1");
        var first = await bench.UntilAsync(m => m is { Text: "1", Status.IsEnded: true });
        (await bench.AskAsync("Two", ChatHost.Grace)).Finish("2");
        await bench.UntilAsync(m => m is { Text: "2", Status.IsEnded: true });
        Assert.Null((await bench.Responses.RegenerateAsync(ChatHost.Ada, bench.Room.Id, first.Id, default)).Error);
        var again = await bench.Host.Model.NextAsync();
        Assert.Equal("Ada: One", again.Lines.Last());
        Assert.Single(again.Lines, "Ada: One");
        again.Finish("One more.");
    }

    private static void Set(TurnBench bench, ContextPolicy context) => bench.Host.Assistants.Change = r => r with { Context = context, Tools = ["look"] };
}
