using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>The demo assistant in a room, as it comes: each row of its <c>help</c> is true.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class DemoRoomTests
{
    private const string Fast = "--Assistants:DemoTokensPerSecond=100000";

    [Theory]
    [InlineData("show markdown", "# Heading one")]
    [InlineData("code", "```csharp")]
    [InlineData("table", "| Planet | Moons |")]
    [InlineData("echo: so it is", "so it is")]
    [InlineData("help", "I'm the **demo assistant**")]
    [InlineData("delegate it", "I'd need another assistant for that")]
    public async Task It_says_what_it_is_asked_for(string request, string beginning)
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync(request);
        Assert.Equal(MessageStatus.Complete.Instance, response.Status);
        Assert.Contains(beginning, response.Text, StringComparison.Ordinal);
        Assert.Equal(("Demo", "demo", 1), (response.Metadata!.Provider, response.Metadata.Model, response.Metadata.Steps));
    }

    [Fact]
    public async Task Dice_and_time_are_two_calls_of_one_step()
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync("dice and time");
        var calls = response.Parts.OfType<ToolCallPart>().ToList();
        Assert.Equal(["get_current_time", "roll_dice"], calls.Select(c => c.Name).Order());
        Assert.All(calls, c => Assert.Equal((ToolCallState.Succeeded, 0), (c.State, c.Step)));
        Assert.Equal(["Look at the clock", "Roll dice"], calls.Select(c => c.Label?.Title).Order());
        Assert.Contains($"I rolled **{calls.Single(c => c.Name == "roll_dice").Result}**.", response.Text, StringComparison.Ordinal);
        Assert.Contains("It's **", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_searches_this_room_for_what_is_asked()
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        await room.AnswerAsync("echo: the password of the lighthouse");
        var response = await room.AnswerAsync("search for lighthouse");
        var call = Assert.Single(response.Parts.OfType<ToolCallPart>());
        Assert.Equal(("search_messages", """{"query":"lighthouse"}"""), (call.Name, call.Arguments));
        Assert.Contains("the password of the lighthouse", call.Result, StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonElement.Parse(call.Result!).GetArrayLength(), call.Count);
        Assert.Contains("the password of the lighthouse", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_postcard_has_to_be_allowed(bool isApproved)
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        await room.AskAsync("postcard");
        var waiting = await room.AwaitingAsync();
        var call = Assert.Single(waiting.Parts.OfType<ToolCallPart>());
        Assert.Equal(("send_postcard", ToolCallState.AwaitingApproval), (call.Name, call.State));
        Assert.Null((await room.DecideAsync(waiting, call, isApproved, isApproved ? null : "no stamps")).Error);
        var response = await room.EndedAsync();
        Assert.Equal((waiting.Id, MessageStatus.Complete.Instance), (response.Id, response.Status));
        Assert.Contains(isApproved ? "nothing has left this server" : "I'll do without that", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_thinks_aloud_before_it_answers_and_before_it_uses_a_tool()
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync("reasoning");
        Assert.Equal([typeof(ReasoningPart), typeof(TextPart)], response.Parts.Select(p => p.GetType()));
        response = await room.AnswerAsync("reasoning with dice");
        Assert.Equal([typeof(ReasoningPart), typeof(ToolCallPart), typeof(TextPart)], response.Parts.Select(p => p.GetType()));
    }

    [Fact]
    public async Task Long_is_about_1500_tokens()
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync("long");
        Assert.InRange(response.Metadata!.Tokens.Output, 1_400, 1_600);
    }

    [Fact]
    public async Task Slow_leaves_time_to_press_stop()
    {
        await using var room = await AssistantRoom.StartAsync(["--Assistants:DemoTokensPerSecond=100"]);
        await room.AskAsync("slow");
        await room.FrameAsync(f => f.Parts.Length > 0);
        await room.Host.Responses.StopAsync(ChatHost.Ada, room.Room.Id, null, default);
        var response = await room.EndedAsync();
        Assert.IsType<MessageStatus.Stopped>(response.Status);
        Assert.True(response.Text.Length is > 0 and < 230);
        Assert.StartsWith(response.Text, DemoTexts.Slow, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("where am I", "get_location")]
    [InlineData("time zone", "get_time_zone")]
    [InlineData("language", "get_page_language")]
    [InlineData("clipboard", "read_clipboard")]
    [InlineData("copy hello there", "write_clipboard")]
    public async Task Tools_of_the_browser_wait_for_the_browser_of_who_asked(string request, string tool)
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        await room.AskAsync(request);
        var waiting = await room.AwaitingAsync();
        var call = Assert.Single(waiting.Parts.OfType<ToolCallPart>());
        Assert.Equal((tool, ToolCallState.AwaitingBrowser), (call.Name, call.State));
        Assert.NotNull((await room.Host.Responses.AnswerBrowserCallAsync(ChatHost.Grace, room.Room.Id, waiting.Id, call.CallId, "hers", false, default)).Error);
        Assert.Null((await room.Host.Responses.AnswerBrowserCallAsync(ChatHost.Ada, room.Room.Id, waiting.Id, call.CallId, "from the browser", false, default)).Error);
        Assert.Equal("Here's what I got: **from the browser**", (await room.EndedAsync()).Text);
    }

    [Theory]
    [InlineData("ask writer to echo: a poem", "a poem")]
    [InlineData("delegate echo: a song", "a song")]
    public async Task It_hands_work_to_another_assistant(string request, string result)
    {
        const string Items = "--Assistants:Items:";
        await using var room = await AssistantRoom.StartAsync([Fast, $"{Items}0:Name=Demo", $"{Items}0:Delegates:0=writer", $"{Items}1:Name=Writer"]);
        var response = await room.AnswerAsync(request);
        var call = Assert.Single(response.Parts.OfType<ToolCallPart>());
        Assert.Equal(("ask_writer", result), (call.Name, call.Result));
        Assert.Contains(result, response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail", DemoTexts.BeforeFailure)]
    [InlineData("fail early", "")]
    public async Task It_breaks_off(string request, string text)
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync(request);
        Assert.Equal((text, "The demo assistant failed, as it was asked to."), (response.Text, Assert.IsType<MessageStatus.Failed>(response.Status).Reason));
    }

    [Fact]
    public async Task It_finishes_without_saying_anything()
    {
        await using var room = await AssistantRoom.StartAsync([Fast]);
        var response = await room.AnswerAsync("empty");
        Assert.Equal("", response.Text);
        Assert.Contains("empty", Assert.IsType<MessageStatus.Failed>(response.Status).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_falls_silent_until_the_time_out_and_says_nothing_else()
    {
        // Continued, as is the default, it has nothing to add, and without progress it is not continued again.
        await using var room = await AssistantRoom.StartAsync([Fast, "--Assistants:Items:0:IdleTimeout=00:00:03"]);
        var response = await room.AnswerAsync("silent");
        Assert.IsType<MessageStatus.Failed>(response.Status);
        Assert.Equal(DemoTexts.BeforeSilence, response.Text);
    }
}
