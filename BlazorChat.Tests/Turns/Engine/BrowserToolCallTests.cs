using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Tools that run in the browser of the person who asked.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class BrowserToolCallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_askers_browser_gives_the_result_and_the_answer_goes_on(bool restarted)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync()).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(ToolCallState.AwaitingBrowser, Assert.Single(paused.Calls).State);
        if (restarted)
        {
            await bench.RestartAsync();
        }

        Assert.Null((await AnswerAsync(bench, ChatHost.Ada, paused, "copied\ud83d")).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: copied\uFFFD"], next.Results);
        next.Finish("Done.");
        Assert.Equal(ToolCallState.Succeeded, Assert.Single((await bench.EndedAsync()).Calls).State);
    }

    [Fact]
    public async Task Nobody_elses_browser_is_heard_not_even_the_owners()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(RoomErrorKind.Forbidden, (await AnswerAsync(bench, ChatHost.Ada, paused, "mine")).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await AnswerAsync(bench, null, paused, "mine")).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error?.Kind);
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);
    }

    [Fact]
    public async Task The_first_of_two_results_counts_and_the_same_again_is_silent()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync()).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        var results = await Task.WhenAll(new[] { "a", "b" }.Select(r => Task.Run(() => AnswerAsync(bench, ChatHost.Ada, paused, r))));
        var first = results[0].Error is null ? "a" : "b";
        Assert.Equal(RoomErrorKind.Conflict, Assert.Single(results, r => r.Error is not null).Error!.Kind);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal([$"c1: {first}"], next.Results);
        Assert.Null((await AnswerAsync(bench, ChatHost.Ada, paused, first)).Error);
        Assert.Equal(RoomErrorKind.Conflict, (await AnswerAsync(bench, ChatHost.Ada, paused, first, isError: true)).Error?.Kind);
        next.Finish("Done.");
        await bench.EndedAsync();
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_result_that_is_too_long_is_an_error_that_says_so()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Browser());
        (await bench.AskAsync()).Call("c1", "clipboard").Finish();
        Assert.Null((await AnswerAsync(bench, ChatHost.Ada, await bench.PausedAsync(), new string('x', RoomLimits.ToolResultLength + 1))).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: The browser's result has 16,001 characters; the limit is 16,000."], next.Results);
        next.Finish("Too long.");
        Assert.Equal(ToolCallState.Failed, Assert.Single((await bench.EndedAsync()).Calls).State);
    }

    [Fact]
    public async Task A_tool_of_the_browser_that_needs_a_yes_waits_for_both()
    {
        var tool = TurnBench.Browser();
        await using var bench = await TurnBench.StartAsync(new BlazorChat.Turns.Tools.ChatTool(tool.Function) { Site = tool.Site, NeedsApproval = BlazorChat.Turns.Tools.ChatTool.Always });
        (await bench.AskAsync()).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(RoomErrorKind.NotFound, (await AnswerAsync(bench, ChatHost.Ada, paused, "too early")).Error?.Kind);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var again = await bench.UntilAsync(m => m.Status is MessageStatus.AwaitingPeople && m.Calls.All(c => c.State == ToolCallState.AwaitingBrowser));
        Assert.Null((await AnswerAsync(bench, ChatHost.Ada, again, "copied")).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: copied"], next.Results);
        next.Finish("Done.");
        await bench.EndedAsync();
    }

    private static Task<Result<Message>> AnswerAsync(TurnBench bench, Person? by, Message response, string result, bool isError = false) =>
        bench.Responses.AnswerBrowserCallAsync(by, bench.Room.Id, response.Id, "c1", result, isError, default);
}
