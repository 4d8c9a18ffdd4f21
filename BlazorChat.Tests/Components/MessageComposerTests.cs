using BlazorChat.Components.Composer;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Components;

/// <summary>What the browser's message box calls.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class MessageComposerTests : IAsyncLifetime
{
    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_same_message_sent_twice_is_one_message()
    {
        var room = await _host.Chat.RoomAsync();
        var page = _host.Open(room);
        var composer = page.FindComponent<MessageComposer>();
        var id = Guid.NewGuid().ToString();
        var first = await Send(composer, id, "Hello");
        var second = await Send(composer, id, "Hello");
        Assert.NotNull(first.ElementId);
        Assert.Equal(first, second);
        page.Until(() => Assert.Single(page.FindAll($"article[id='{first.ElementId}']")));
    }

    [Fact]
    public async Task A_message_that_was_deleted_before_it_is_sent_again_is_done()
    {
        var room = await _host.Chat.RoomAsync();
        var composer = _host.Open(room).FindComponent<MessageComposer>();
        var id = Guid.NewGuid().ToString();
        await Send(composer, id, "Hello");
        await _host.Chat.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        Assert.Equal(new SendResult(null, null, Removed: true), await Send(composer, id, "Hello"));
        // By a page that has left the room.
        Assert.Equal(new SendResult(null, null, Removed: true), await composer.InvokeAsync(() => composer.Instance.SendTo(room.Id.ToString("N"), id, "Hello")));
    }

    [Fact]
    public async Task What_cannot_be_sent_comes_back_with_a_sentence()
    {
        var composer = _host.Open(await _host.Chat.RoomAsync()).FindComponent<MessageComposer>();
        var tooLong = await Send(composer, Guid.NewGuid().ToString(), new string('x', RoomLimits.MessageLength + 1));
        Assert.Null(tooLong.ElementId);
        Assert.Contains("32,001", tooLong.Problem, StringComparison.Ordinal);
        Assert.NotNull((await Send(composer, "no id", "Hello")).Problem);
        Assert.NotNull((await Send(composer, Guid.NewGuid().ToString(), "  \n ")).Problem);
    }

    [Fact]
    public async Task What_scripts_of_the_page_add_goes_with_the_turn_and_what_breaks_a_bound_does_not()
    {
        var room = await _host.Chat.RoomAsync();
        var page = _host.Open(room);
        var data = new Dictionary<string, string?>(StringComparer.Ordinal) { ["department"] = "kitchen", ["nothing"] = null, ["long"] = new string('x', RoomLimits.RequestDataLength + 1) };
        var composer = page.FindComponent<MessageComposer>().Instance;
        Assert.Null((await page.InvokeAsync(() => composer.Send(Guid.NewGuid().ToString(), "Hello", data))).Problem);
        var response = await _host.Chat.Model.NextAsync();
        await using var db = _host.Chat.OpenDatabase();
        var request = TurnRequestJson.Read(ChatHost.Ada.AsAuthor(), (await db.Turns.SingleAsync()).Request);
        Assert.Equal(("department", "kitchen"), (Assert.Single(request.Data).Key, request.Data["department"]));
        response.Finish("Hi");
    }

    [Fact]
    public async Task A_deleted_room_takes_nothing()
    {
        var room = await _host.Chat.RoomAsync();
        var page = _host.Open(room, ChatHost.Grace);
        // The page lets go of it when it is told; a message may be on its way by then.
        var composer = page.FindComponent<MessageComposer>().Instance;
        await _host.Chat.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default);
        Assert.NotNull((await page.InvokeAsync(() => composer.Send(Guid.NewGuid().ToString(), "Hello", null))).Problem);
    }

    [Fact]
    public async Task The_box_is_connected_to_its_page_once()
    {
        var page = _host.Page();
        var room = await _host.Chat.RoomAsync();
        var screen = page.Render<BlazorChat.Components.Rooms.RoomScreen>(p => p.Add(s => s.RoomId, room.Id));
        await _host.Chat.PostAsync(room, "Hello");
        screen.Until(() => Assert.Contains("Hello", screen.Markup, StringComparison.Ordinal));
        Assert.Single(page.JSInterop.Invocations["blazorChat.connectComposer"]);
        Assert.Equal("32000", screen.Find("chat-composer").GetAttribute("data-limit"));
    }

    private static Task<SendResult> Send(IRenderedComponent<MessageComposer> composer, string id, string text) =>
        composer.InvokeAsync(() => composer.Instance.Send(id, text, null));
}
