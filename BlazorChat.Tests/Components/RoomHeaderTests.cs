using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Tests.Components;

/// <summary>Renaming, clearing, deleting and settings, with confirmations that say what is lost.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class RoomHeaderTests : IAsyncLifetime
{
    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_new_name_is_on_every_page()
    {
        var room = await _host.Chat.RoomAsync("Old");
        var ada = _host.Open(room);
        var grace = _host.Open(room, ChatHost.Grace);
        await Click(ada, "Rename…");
        Assert.Equal("Old", ada.Find("#room-name").GetAttribute("value"));
        await ada.Find("#room-name").ChangeAsync(new ChangeEventArgs { Value = "New" });
        await ada.Find("dialog form").SubmitAsync();
        grace.Until(() => Assert.Equal("New", grace.Find("h1").TextContent));
        Assert.Equal("New – BlazorChat", grace.Find("document-title").GetAttribute("data-title"));
        ada.Until(() => Assert.Empty(ada.FindAll("dialog")));
    }

    [Fact]
    public async Task A_name_that_cannot_be_used_is_said_in_the_dialog()
    {
        var page = _host.Open(await _host.Chat.RoomAsync("Mine"));
        await Click(page, "Rename…");
        await page.Find("#room-name").ChangeAsync(new ChangeEventArgs { Value = "ta\u202Eken" });
        await page.Find("dialog form").SubmitAsync();
        page.Until(() => Assert.NotEmpty(page.Find("dialog .problem").TextContent));
        Assert.Equal("Mine", page.Find("h1").TextContent);
    }

    [Fact]
    public async Task Clearing_names_what_is_lost_and_asks_first()
    {
        var room = await _host.Chat.RoomAsync("Notes");
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        await _host.Chat.PostAsync(room, "One");
        await _host.Chat.PostAsync(room, "Two");
        var page = _host.Open(room);
        await Click(page, "Clear…");
        Assert.Contains("Notes", page.Find("dialog h2").TextContent, StringComparison.Ordinal);
        Assert.Contains("all 2 messages", page.Find("dialog .dialog-text").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll("article").Count);
        await Click(page, "Clear room");
        page.Until(() => Assert.Empty(page.FindAll("article")));
        page.Until(() => Assert.Empty(page.FindAll("dialog")));
    }

    [Fact]
    public async Task Closing_the_question_changes_nothing()
    {
        var room = await _host.Chat.RoomAsync("Notes");
        await _host.Chat.PostAsync(room, "One");
        var page = _host.Open(room);
        await Click(page, "Delete…");
        await page.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Empty(page.FindAll("dialog"));
        Assert.Null((await _host.Chat.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Error);
    }

    [Fact]
    public async Task Deleting_asks_first()
    {
        var room = await _host.Chat.RoomAsync("Notes");
        var page = _host.Open(room);
        await Click(page, "Delete…");
        Assert.Contains("You can undo this for 30 days, under “Recently removed” in your menu.", page.Find("dialog").TextContent, StringComparison.Ordinal);
        await Click(page, "Delete room");
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Chat.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Error?.Kind);
    }

    [Fact]
    public async Task Settings_are_saved_and_seen_by_others_who_are_not_editing()
    {
        var room = await _host.Chat.RoomAsync();
        var ada = _host.Open(room);
        var grace = _host.Open(room, ChatHost.Grace);
        await ada.Find("button[aria-label='Room details']").ClickAsync(new());
        await grace.Find("button[aria-label='Room details']").ClickAsync(new());

        await ada.InvokeAsync(() => ada.Find("#instructions").InputAsync(new ChangeEventArgs { Value = "Answer briefly." }));
        await ada.InvokeAsync(() => ada.Find("#instructions").ChangeAsync(new ChangeEventArgs { Value = "Answer briefly." }));
        await ada.InvokeAsync(() => ada.Find("input[value=WhenMentioned]").ChangeAsync(new ChangeEventArgs { Value = "on" }));
        grace.Until(() => Assert.Equal("Answer briefly.", grace.Find("#instructions").GetAttribute("value")));

        var stored = (await _host.Chat.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Value.Room;
        Assert.Equal(("Answer briefly.", AnswerMode.WhenMentioned), (stored.Instructions, stored.AnswerMode));
    }

    [Fact]
    public async Task The_panel_says_who_can_be_asked_and_closes()
    {
        var page = _host.Open(await _host.Chat.RoomAsync());
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        Assert.Contains("@Demo", page.Find(".assistants").TextContent, StringComparison.Ordinal);
        await page.Find("button[aria-label='Close room details']").ClickAsync(new());
        Assert.Empty(page.FindAll(".panel"));
    }

    [Fact]
    public async Task A_new_name_is_no_change_of_the_settings_that_somebody_is_editing()
    {
        var room = await _host.Chat.RoomAsync("Old");
        var page = _host.Open(room);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        await page.Find("#instructions").InputAsync(new ChangeEventArgs { Value = "Mine" });
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Grace, room.Id, "New", null, null, default);
        page.Until(() => Assert.Equal("New", page.Find("h1").TextContent));
        Assert.DoesNotContain("Someone just changed", page.Find(".panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", page.Find("#instructions").GetAttribute("value"));
    }

    private static Task Click<T>(IRenderedComponent<T> page, string name)
        where T : IComponent =>
        page.FindAll("button").Single(b => b.TextContent.Trim() == name).ClickAsync(new());
}
