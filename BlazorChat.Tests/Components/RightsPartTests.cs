using AngleSharp.Dom;
using BlazorChat.Access;
using BlazorChat.Components.Composer;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Tests.Turns.Engine;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>The rights on turns on the page: who changes them, who reads them, and what of them a page shows where they apply.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class RightsPartTests : IAsyncLifetime
{
    private PageHost _host = null!;
    private Room _room = null!;

    private ChatHost Chat => _host.Chat;

    public async Task InitializeAsync()
    {
        _host = await PageHost.StartAsync();
        _room = await Chat.RoomAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Owners_choose_everybody_else_reads_and_all_see_a_change_at_once()
    {
        var (ada, grace) = (await OpenPanelAsync(), await OpenPanelAsync(ChatHost.Grace));
        Assert.Equal(["Ask assistants", "Stop answers", "Try answers again", "Approve tools"], ada.FindAll(".rights .right > span").Select(s => s.TextContent));
        Assert.Equal(2, Choice(ada, "Ask assistants").QuerySelectorAll("option").Length);
        Assert.Equal(["Owners", "The asker and owners", "Everyone who can write"], Choice(ada, "Stop answers").QuerySelectorAll("option").Select(o => o.TextContent));
        Assert.Empty(grace.FindAll(".rights select"));
        Assert.Equal(["Everyone who can write", "The asker and owners", "The asker and owners", "The asker and owners"], grace.FindAll(".rights .who-may").Select(s => s.TextContent));
        Assert.Contains("Only an owner of this room can do this.", grace.Find(".rights").TextContent, StringComparison.Ordinal);

        await ChooseAsync(ada, "Stop answers", TurnPeople.Members);
        grace.Until(() => Assert.Equal("Everyone who can write", grace.FindAll(".rights .who-may")[1].TextContent));
        ada.Until(() => Assert.Equal("Saved", ada.Find("#stop-note .setting-said").TextContent));
        await ada.ClickAsync("#stop-note button", "Undo");
        grace.Until(() => Assert.Equal("The asker and owners", grace.FindAll(".rights .who-may")[1].TextContent));
    }

    [Fact]
    public async Task Stop_and_the_hint_in_its_place_follow_the_setting_while_an_answer_is_written()
    {
        var grace = _host.Open(_room, ChatHost.Grace);
        await Chat.PostAsync(_room, "Hello");
        var response = await Chat.Model.NextAsync();
        response.Say("Hi");
        grace.Until(() => Assert.NotNull(grace.Find("#who-stops")));
        Assert.Empty(grace.FindAll("[data-stop]"));
        await SetAsync(new RoomSettingsChange { Stop = TurnPeople.Members });
        grace.Until(() => Assert.Single(grace.FindAll("[data-stop]")));
        Assert.Empty(grace.FindAll("#who-stops"));
        await SetAsync(new RoomSettingsChange { Stop = TurnPeople.Owners });
        grace.Until(() => Assert.Equal("Only a room owner can stop this.", grace.Find("#who-stops").TextContent));
        response.Finish();
        grace.Until(() => Assert.Empty(grace.FindAll("#who-stops")));
    }

    [Fact]
    public async Task Whoever_may_not_ask_reads_so_over_the_message_box_and_keeps_what_is_typed_there()
    {
        var grace = _host.Open(_room, ChatHost.Grace);
        Assert.Empty(grace.FindAll(".ask-note"));
        await SetAsync(new RoomSettingsChange { Ask = TurnPeople.Owners });
        grace.Until(() => Assert.Equal("Only a room owner can ask assistants here.", grace.Find(".ask-note").TextContent));
        Assert.Single(grace.FindAll("#message"));
        await SetAsync(new RoomSettingsChange { Ask = TurnPeople.Members });
        grace.Until(() => Assert.Empty(grace.FindAll(".ask-note")));
    }

    [Fact]
    public async Task An_answer_that_ended_early_says_who_can_go_on_with_it()
    {
        var (ada, grace) = (_host.Open(_room), _host.Open(_room, ChatHost.Grace));
        await Chat.PostAsync(_room, "Hello");
        (await Chat.Model.NextAsync()).Finish("Half", Microsoft.Extensions.AI.ChatFinishReason.Length);
        grace.Until(() => Assert.Equal("Only the person who asked or a room owner can have this answered again.", grace.Find(".end .whose").TextContent));
        Assert.Empty(grace.FindAll(".end button"));
        ada.Until(() => Assert.NotEmpty(ada.FindAll(".end button")));
        Assert.Empty(ada.FindAll(".end .whose"));
        Assert.Contains("again-not", grace.FindAll("article")[^1].GetAttribute("data-may")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_for_what_is_not_shown_are_refused_by_the_services()
    {
        var grace = _host.Open(_room, ChatHost.Grace);
        await Chat.PostAsync(_room, "Hello");
        (await Chat.Model.NextAsync()).Finish("Hi");
        grace.Until(() => Assert.Equal(2, grace.FindAll("article").Count));
        grace.Until(() => Assert.Empty(grace.FindAll("[aria-busy]")));
        var response = grace.FindAll("article")[^1].Id![2..];

        // As a browser sends it that has the button.
        await grace.Find("[data-message-command]").ChangeAsync(new ChangeEventArgs { Value = $"again {response}" });
        grace.Until(() => Assert.Contains("can have this answered again", grace.Find("article .problem").TextContent, StringComparison.Ordinal));
        Assert.False(Chat.Model.WasAskedAgain);

        // As a page saves what was changed in a room that it has left.
        var composer = grace.FindComponent<MessageComposer>().Instance;
        var before = (await Chat.Live.ReadAsync(ChatHost.Ada, _room.Id, default)).Value.Room.Settings;
        foreach (var setting in new[] { "ask", "stop", "regenerate", "approve" })
        {
            var saved = await grace.InvokeAsync(() => composer.SaveSetting($"{_room.Id}", setting, nameof(TurnPeople.Owners), [RoomSetting.StampOf(RoomSetting.Find(setting)!.Read(before))]));
            Assert.Equal("Only an owner of this room can do this.", saved.Problem);
        }

        Assert.Equal(before, (await Chat.Live.ReadAsync(ChatHost.Ada, _room.Id, default)).Value.Room.Settings);
    }

    [Fact]
    public async Task The_lists_of_who_approves_and_what_runs_without_asking_are_everybodys_to_read_and_the_owners_to_change()
    {
        await using var host = await PageHost.StartAsync(b => b.Services.AddSingleton(TurnBench.Careful()));
        await host.Chat.AddPersonAsync(ChatHost.Grace);
        var room = await host.Chat.RoomAsync();
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        var (ada, grace) = (host.Open(room), host.Open(room, ChatHost.Grace));
        foreach (var page in new[] { ada, grace })
        {
            await page.Find("button[aria-label='Room details']").ClickAsync(new());
        }

        // Grace did not ask: she reads what waits and who decides, until she is named.
        await host.Chat.PostAsync(room, "Go");
        (await host.Chat.Model.NextAsync()).Call("c1", "careful", """{"what":"it"}""").Finish();
        grace.Until(() => Assert.Contains("Only Ada or a room owner can approve this.", grace.Find(".approval").TextContent, StringComparison.Ordinal));
        Assert.Contains("Ada asked.", grace.Find(".approval").TextContent, StringComparison.Ordinal);
        Assert.Empty(grace.FindAll(".approval button"));
        await ada.InvokeAsync(() => ada.Find("select[aria-label='Add someone who approves']").ChangeAsync(new ChangeEventArgs { Value = $"{ChatHost.Grace.Id}" }));
        grace.Until(() => Assert.Equal(["Approve", "Reject"], grace.FindAll(".approval button").Select(b => b.TextContent.Trim())));
        grace.Until(() => Assert.Equal(["Grace"], grace.FindAll("[aria-labelledby=approvers-title] bdi").Select(b => b.TextContent)));
        Assert.Empty(grace.FindAll(".rights button, .rights select"));

        // Ada allows the tool, and it is listed with who and when.
        await ada.ClickAsync(".approval button", "Always in this room");
        (await host.Chat.Model.NextAsync()).Finish("Done.");
        grace.Until(() => Assert.Contains("careful", grace.Find("[aria-labelledby=always-title]").TextContent, StringComparison.Ordinal));
        Assert.Contains("allowed by Ada on", grace.Find("[aria-labelledby=always-title]").TextContent, StringComparison.Ordinal);
        await ada.ClickAsync("[aria-label='Ask again before careful runs']");
        grace.Until(() => Assert.Empty(grace.FindAll("[aria-labelledby=always-title]")));
        await ada.ClickAsync("[aria-label='Grace does not approve any more']");
        grace.Until(() => Assert.Empty(grace.FindAll("[aria-labelledby=approvers-title]")));
    }

    private async Task<IRenderedComponent<RoomScreen>> OpenPanelAsync(Person? person = null)
    {
        var page = _host.Open(_room, person);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        return page;
    }

    private async Task SetAsync(RoomSettingsChange change) => Assert.Null((await Chat.Rooms.ChangeAsync(ChatHost.Ada, _room.Id, null, change, default)).Error);

    private static IElement Choice(IRenderedComponent<RoomScreen> page, string title) =>
        page.FindAll(".rights label").Single(l => l.QuerySelector("span")!.TextContent == title).QuerySelector("select")!;

    private static Task ChooseAsync(IRenderedComponent<RoomScreen> page, string title, TurnPeople people) =>
        page.InvokeAsync(() => Choice(page, title).ChangeAsync(new ChangeEventArgs { Value = people.ToString() }));
}
