using BlazorChat.Access;
using BlazorChat.Components.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Text;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>A new room may be made without a name; an existing one keeps having one.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class NewRoomDialogTests : IAsyncLifetime
{
    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("", Names.UnnamedRoom, false)]
    [InlineData("  ", Names.UnnamedRoom, false)]
    [InlineData("Plans", "Plans", true)]
    public async Task Left_empty_the_room_is_made_without_a_name(string given, string name, bool isNamed)
    {
        var page = _host.Page();
        var dialog = page.Render<NewRoomDialog>(p => p.Add(d => d.OnClose, () => { }));
        var field = dialog.Find("#room-name");
        Assert.False(field.HasAttribute("required"));
        Assert.Contains("the assistant names the room", dialog.Find($"#{field.GetAttribute("aria-describedby")}").TextContent, StringComparison.Ordinal);
        field.Change(given);
        await dialog.Find("form").SubmitAsync();
        var made = (await _host.Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Name != "Lobby").Room;
        Assert.Equal((name, isNamed), (made.Name, made.IsNamed));
        Assert.EndsWith($"/rooms/{made.Id}", page.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_maker_says_who_can_see_it_and_the_setting_says_what_is_chosen_at_first()
    {
        var dialog = _host.Page().Render<NewRoomDialog>(p => p.Add(d => d.OnClose, () => { }));
        Assert.Equal(nameof(RoomVisibility.OpenToGuests), dialog.Find("[name=visibility][checked]").GetAttribute("value"));
        Assert.Equal(["Only members", "Everyone with an account", "Everyone, including guests"], dialog.FindAll(".who-sees label").Select(l => l.TextContent.Trim()));
        dialog.Find("#room-name").Change("Plans");
        await dialog.Find("[name=visibility][value=Private]").ChangeAsync(new ChangeEventArgs { Value = "Private" });
        await dialog.Find("form").SubmitAsync();
        var made = (await _host.Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Name == "Plans").Room;
        Assert.Equal(RoomVisibility.Private, made.Visibility);
        Assert.DoesNotContain((await _host.Chat.Rooms.ListRoomsAsync(ChatHost.Grace, default)).Value, r => r.Room.Id == made.Id);
        Assert.Equal(BlazorChat.Rooms.RoomErrorKind.Invalid, (await _host.Chat.Rooms.CreateAsync(ChatHost.Ada, "No", default, (RoomVisibility)9)).Error?.Kind);
    }

    [Fact]
    public async Task A_name_that_cannot_be_one_is_refused_in_its_place()
    {
        var dialog = _host.Page().Render<NewRoomDialog>(p => p.Add(d => d.OnClose, () => { }));
        dialog.Find("#room-name").Change("\u200B");
        await dialog.Find("form").SubmitAsync();
        Assert.Contains("visible character", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("room-name-problem", dialog.Find("#room-name").GetAttribute("aria-describedby"));
    }
}
