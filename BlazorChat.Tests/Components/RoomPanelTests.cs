using AngleSharp.Dom;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Tests.Components;

/// <summary>A room's tools, totals, and the queue of its questions.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class RoomPanelTests : IAsyncLifetime
{
    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_tool_is_switched_off_for_everybody_and_on_again()
    {
        var room = await _host.Chat.RoomAsync();
        var (ada, grace) = (await OpenPanelAsync(room), await OpenPanelAsync(room, ChatHost.Grace));
        Assert.Contains("asks for approval", Tool(ada, "send_postcard").TextContent, StringComparison.Ordinal);
        Assert.Contains("runs in the asker’s browser", Tool(ada, "get_location").TextContent, StringComparison.Ordinal);

        await SwitchAsync(ada, "roll_dice", false);
        await SwitchAsync(grace, "get_location", false);
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.False(Switch(page, "roll_dice").HasAttribute("checked")));
            page.Until(() => Assert.False(Switch(page, "get_location").HasAttribute("checked")));
        }

        Assert.Equal(["get_location", "roll_dice"], (await SettingsAsync(room)).DisabledTools.ToArray());
        await SwitchAsync(ada, "roll_dice", true);
        Assert.Equal(["get_location"], (await SettingsAsync(room)).DisabledTools.ToArray());
    }

    [Fact]
    public async Task A_tool_that_was_switched_off_and_is_not_here_can_be_switched_on()
    {
        var room = await _host.Chat.RoomAsync();
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, new RoomSettingsChange { DisabledTools = ["tracker_search"] }, default);
        var page = await OpenPanelAsync(room);
        Assert.Contains("off (not available)", Tool(page, "tracker_search").TextContent, StringComparison.Ordinal);
        await SwitchAsync(page, "tracker_search", true);
        page.Until(() => Assert.Empty(page.FindAll("#tool-tracker_search-about")));
    }

    [Fact]
    public async Task A_tool_server_that_is_away_says_so()
    {
        await using var host = await PageHost.StartAsync("--Mcp:Servers:0:Name=tracker", "--Mcp:Servers:0:Command=/no/such/program", "--Mcp:Servers:1:Name=files", "--Mcp:Servers:1:Command=/no", "--Mcp:Servers:1:Enabled=false");
        var page = host.Open(await host.Chat.RoomAsync());
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        page.Until(() => Assert.Equal(["away", "switched off"], page.FindAll(".servers .tag").Select(t => t.TextContent)));
        Assert.Contains("Next try at", page.Find(".servers").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rooms_sums_grow_with_each_answer_and_are_those_of_the_store()
    {
        _host.Chat.Assistants.Change = r => r with { Prices = new TokenPrices(1_000, 2_000) };
        var room = await _host.Chat.RoomAsync();
        var page = await OpenPanelAsync(room);
        for (var i = 1; i <= 2; i++)
        {
            await _host.Chat.PostAsync(room, "Question");
            var response = await _host.Chat.Model.NextAsync();
            response.Send(new(Microsoft.Extensions.AI.ChatRole.Assistant,
                [new Microsoft.Extensions.AI.UsageContent(new() { InputTokenCount = 1_000, OutputTokenCount = 500, CachedInputTokenCount = 100, ReasoningTokenCount = 50 })]));
            response.Finish("Answer");
            page.Until(() => Assert.Equal(
                [$"{i},000 tokens", $"{100 * i} tokens", $"{500 * i:N0} tokens", $"{50 * i} tokens", $"{2 * i}.00"], page.FindAll(".totals dd").Select(d => d.TextContent)));
        }

        var reloaded = await OpenPanelAsync(room, ChatHost.Grace);
        Assert.Equal(page.FindAll(".totals dd").Select(d => d.TextContent), reloaded.FindAll(".totals dd").Select(d => d.TextContent));
    }

    [Fact]
    public async Task The_queue_says_whose_question_is_next_and_lets_people_withdraw_their_own()
    {
        var room = await _host.Chat.RoomAsync();
        await _host.Chat.PostAsync(room, "One");
        var first = await _host.Chat.Model.NextAsync();
        await _host.Chat.PostAsync(room, "Graces question", ChatHost.Grace);
        await _host.Chat.PostAsync(room, "Mine");
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        ada.Until(() => Assert.Equal("· next: Grace’s question", ada.Find(".queue-next").TextContent));
        Assert.Equal("2 waiting", ada.Find(".waiting").TextContent);
        Assert.Equal("· next: your question", grace.Find(".queue-next").TextContent);
        Assert.Equal(["Graces question", "Mine"], ada.FindAll(".queue-text").Select(t => t.TextContent));

        // Grace may take back her own; Ada, whose room it is, both.
        Assert.Equal(["Remove your question to Demo"], grace.FindAll("#queue button").Select(b => b.GetAttribute("aria-label")));
        Assert.Equal(2, ada.FindAll("#queue button").Count);
        await grace.Find("#queue button").ClickAsync(new());
        ada.Until(() => Assert.Equal("· next: your question", ada.Find(".queue-next").TextContent));
        first.Finish("Done");
        Assert.Contains("Mine", (await _host.Chat.Model.NextAsync()).Lines.Last(), StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<RoomScreen>> OpenPanelAsync(Room room, Person? person = null)
    {
        var page = _host.Open(room, person);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        return page;
    }

    private async Task<RoomSettings> SettingsAsync(Room room) => (await _host.Chat.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Value.Room.Settings;

    private static IElement Switch(IRenderedComponent<RoomScreen> page, string tool) => page.Find($"input[aria-describedby=tool-{tool}-about]");

    // Found and used in one go: somebody else's change may come in between.
    private static Task SwitchAsync(IRenderedComponent<RoomScreen> page, string tool, bool isOn) =>
        page.InvokeAsync(() => Switch(page, tool).ChangeAsync(new ChangeEventArgs { Value = isOn }));

    private static IElement Tool(IRenderedComponent<RoomScreen> page, string tool) => page.Find($"#tool-{tool}-about");
}
