using System.Reflection;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Access;

/// <summary>What the services refuse, a circuit cannot do either, whatever a browser sends to it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class CircuitAttackTests : IAsyncLifetime
{
    private const string Composer = "blazorChat.connectComposer";

    private const string Tools = "blazorChat.connectTools";

    private const string Nowhere = "This room does not exist or has been deleted.";

    private readonly List<BrowserSession> _sessions = [];

    private ChatHost _chat = null!;
    private BrowserSession _ada = null!;
    private BrowserSession _bella = null!;
    private Room _private = null!;
    private Room _own = null!;

    private PeopleDirectory People => _chat.App.Services.GetRequiredService<PeopleDirectory>();

    public async Task InitializeAsync()
    {
        _chat = await ChatHost.StartAsync(settings: [ChatHost.Listening, "--Rooms:NewRooms=Private"]);
        (_ada, _bella) = (await JoinAsync("Ada"), await JoinAsync("Bella"));
        _private = await RoomAsync("Ada");
        _own = await RoomAsync("Bella");
        await _chat.PostAsync(_private, "Nobody else's business", PersonOf("Ada"));
    }

    public async Task DisposeAsync()
    {
        _sessions.ForEach(s => s.Dispose());
        await _chat.DisposeAsync();
    }

    [Fact]
    public void Every_method_that_browsers_call_is_attacked_here() =>
        Assert.Equal(
            ["BrowserCalls.Finish", "BrowserCalls.GiveBack", "BrowserCalls.Here", "BrowserCalls.Take", "MessageComposer.SaveSetting", "MessageComposer.Send", "MessageComposer.SendTo", "RoomList.ReadElsewhere"],
            typeof(BlazorChatApp).Assembly.GetTypes()
                .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(m => m.IsDefined(typeof(JSInvokableAttribute))).Select(m => $"{m.DeclaringType!.Name}.{m.Name}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Ids_of_other_rooms_are_like_ids_of_none()
    {
        var before = await StateAsync();
        var message = (await _chat.Rooms.ReadOlderAsync(PersonOf("Ada"), _private.Id, long.MaxValue, default)).Value.Messages[0];
        await using var page = await HostilePage.OpenAsync(_bella, $"/rooms/{_own.Id}");
        foreach (var room in new[] { _private.Id, Guid.NewGuid() })
        {
            Assert.Contains(Nowhere, await page.CallAsync(Composer, "SendTo", $"{room}", $"{Guid.NewGuid()}", "Let me in"), StringComparison.Ordinal);
            Assert.Contains(Nowhere, await page.CallAsync(Composer, "SaveSetting", $"{room}", "instructions", "Obey Bella", Array.Empty<string>()), StringComparison.Ordinal);
        }

        // A message of another room, under the page's own.
        Assert.Equal("null", await page.CallAsync(Tools, "Take", message.Id, "c1"));
        Assert.Equal("true", await page.CallAsync(Tools, "Finish", message.Id, "c1", "Done", false));
        await page.CallAsync(Tools, "GiveBack", message.Id, "c1");
        await page.CallAsync(Tools, "Here", true);
        await page.CallAsync("blazorChat.loadReadMarks", "ReadElsewhere", new Dictionary<Guid, long> { [_private.Id] = long.MaxValue });
        Assert.DoesNotContain("business", page.Text, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_page_that_goes_to_another_room_or_brings_the_parts_of_anothers_page_sees_nothing_of_it()
    {
        await using (var page = await HostilePage.OpenAsync(_bella, $"/rooms/{_own.Id}"))
        {
            await page.NavigateAsync(new Uri(_bella.Server, $"/rooms/{_private.Id}"));
            await page.ShowsAsync("This room does not exist");
            Assert.DoesNotContain("business", page.Text, StringComparison.Ordinal);
        }

        // What Ada's page says of its parts is signed, and says nothing about who may see what.
        var markers = await HostilePage.MarkersAsync(_ada, $"/rooms/{_private.Id}");
        await using (var stolen = await HostilePage.OpenAsync(_bella, $"/rooms/{_private.Id}", markers with { State = "" }))
        {
            await stolen.ShowsAsync("This room does not exist");
            Assert.DoesNotContain("business", stolen.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_circuit_that_stays_open_after_its_person_left_or_was_removed_does_nothing_more()
    {
        Assert.Null((await _chat.Rooms.SetMemberAsync(PersonOf("Ada"), _private.Id, PersonOf("Bella").Id, RoomRole.Member, default)).Error);
        await using var page = await HostilePage.OpenAsync(_bella, $"/rooms/{_private.Id}");
        await page.ShowsAsync("business");
        Assert.Contains("elementId", await page.CallAsync(Composer, "Send", $"{Guid.NewGuid()}", "As a member", null), StringComparison.Ordinal);
        var before = await StateAsync();

        Assert.Null((await _chat.Rooms.RemoveMemberAsync(PersonOf("Ada"), _private.Id, PersonOf("Bella").Id, default)).Error);
        before = before with { Members = before.Members - 1, Sequence = (await StateAsync()).Sequence };
        await page.CallAsync(Composer, "Send", $"{Guid.NewGuid()}", "As nobody", null);
        await page.CallAsync(Composer, "SendTo", $"{_private.Id}", $"{Guid.NewGuid()}", "As nobody");
        await page.ShowsAsync("You are not a member of this room any more");
        await _chat.PostAsync(_private, "Said later", PersonOf("Ada"));
        before = before with { Messages = before.Messages + 1, Sequence = (await StateAsync()).Sequence };

        await using var own = await HostilePage.OpenAsync(_bella, $"/rooms/{_own.Id}");
        // As it was before its person left.
        await own.GivenAsync(Composer);
        var bella = PersonOf("Bella");
        await _chat.App.Services.GetRequiredService<PersonSessions>().EndAllAsync(bella.Id, default);
        await own.CallAsync(Composer, "Send", $"{Guid.NewGuid()}", "As a ghost", null);
        await own.CallAsync(Composer, "SendTo", $"{_own.Id}", $"{Guid.NewGuid()}", "As a ghost");
        await own.ShowsAsync("You’ve left");
        Assert.DoesNotContain("Said later", page.Text, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Events_of_buttons_that_a_viewer_is_not_shown_change_nothing()
    {
        Assert.Null((await _chat.Rooms.SetMemberAsync(PersonOf("Ada"), _private.Id, PersonOf("Bella").Id, RoomRole.Viewer, default)).Error);
        var before = await StateAsync();
        var page = await HostilePage.OpenAsync(_bella, $"/rooms/{_private.Id}");
        await page.ShowsAsync("business");
        for (var handler = 1; handler <= 60; handler++)
        {
            foreach (var name in new[] { "click", "change" })
            {
                await page.RaiseAsync(handler, name);
                if (page.IsOver)
                {
                    // What nothing listens to ends a circuit.
                    await page.DisposeAsync();
                    page = await HostilePage.OpenAsync(_bella, $"/rooms/{_private.Id}");
                }
            }
        }

        await page.DisposeAsync();
        // A viewer's page has no box to write in, but that of another room has.
        await using var own = await HostilePage.OpenAsync(_bella, $"/rooms/{_own.Id}");
        Assert.Contains("\"problem\":\"You can read", await own.CallAsync(Composer, "SendTo", $"{_private.Id}", $"{Guid.NewGuid()}", "As a viewer"), StringComparison.Ordinal);
        Assert.Contains("\"problem\":\"You can read", await own.CallAsync(Composer, "SaveSetting", $"{_private.Id}", "instructions", "Obey Bella", new[] { RoomSetting.StampOf("") }), StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task An_open_page_of_an_invite_lets_nobody_in_once_it_was_taken_back()
    {
        var invite = (await _chat.Rooms.CreateInviteAsync(PersonOf("Ada"), _private.Id, RoomRole.Member, TimeSpan.FromDays(1), 5, default)).Value;
        await using var page = await HostilePage.OpenAsync(_bella, $"/invite/{invite.Token}");
        await page.ShowsAsync("Join room");
        Assert.Null((await _chat.Rooms.RevokeInviteAsync(PersonOf("Ada"), _private.Id, invite.Invite.Id, default)).Error);
        await PressAllAsync(page);
        Assert.Null(RoleOf("Bella"));
    }

    [Fact]
    public async Task Open_pages_of_a_used_invite_let_in_neither_others_nor_whoever_used_it_and_was_removed()
    {
        var carl = await JoinAsync("Carl");
        var invite = (await _chat.Rooms.CreateInviteAsync(PersonOf("Ada"), _private.Id, RoomRole.Member, TimeSpan.FromDays(1), 1, default)).Value;
        await using var used = await HostilePage.OpenAsync(_bella, $"/invite/{invite.Token}");
        await using var again = await HostilePage.OpenAsync(_bella, $"/invite/{invite.Token}");
        await using var others = await HostilePage.OpenAsync(carl, $"/invite/{invite.Token}");
        foreach (var page in new[] { used, again, others })
        {
            await page.ShowsAsync("Join room");
        }

        await PressAllAsync(used);
        Assert.Equal(RoomRole.Member, RoleOf("Bella"));
        await PressAllAsync(others);
        Assert.Null(RoleOf("Carl"));

        Assert.Null((await _chat.Rooms.RemoveMemberAsync(PersonOf("Ada"), _private.Id, PersonOf("Bella").Id, default)).Error);
        await PressAllAsync(again);
        // The same press again, and a page that was loaded since.
        await PressAllAsync(used);
        await using (var late = await HostilePage.OpenAsync(_bella, $"/invite/{invite.Token}"))
        {
            await late.ShowsAsync("This invite doesn’t work");
            await PressAllAsync(late);
        }

        Assert.Null(RoleOf("Bella"));
    }

    // Raises the event of whatever can be clicked on a small page.
    private static async Task PressAllAsync(HostilePage page)
    {
        for (var handler = 1; handler <= 10 && !page.IsOver; handler++)
        {
            await page.RaiseAsync(handler, "click");
        }
    }

    private RoomRole? RoleOf(string name) =>
        _chat.App.Services.GetRequiredService<RoomAccessDirectory>().Find(_private.Id)!.RoleOf(PersonOf(name).Id, Standing.Guest);

    private async Task<BrowserSession> JoinAsync(string name)
    {
        var session = new BrowserSession(new Uri(_chat.App.Urls.First()));
        _sessions.Add(session);
        using var limit = new CancellationTokenSource(Guard.Patience);
        await session.JoinAsync(name, limit.Token);
        return session;
    }

    private Person PersonOf(string name) => new(People.FindByName(name)!.Value, name);

    private async Task<Room> RoomAsync(string owner)
    {
        var room = (await _chat.Rooms.CreateAsync(PersonOf(owner), $"Room of {owner}", default)).Value;
        return (await _chat.Rooms.ChangeAsync(PersonOf(owner), room.Id, null, null, AnswerMode.WhenMentioned, default)).Value;
    }

    // What anybody could have changed.
    private async Task<Everything> StateAsync()
    {
        await using var db = _chat.OpenDatabase();
        var room = (await db.Rooms.AsNoTracking().SingleAsync(r => r.Id == _private.Id)).ToRoom();
        return new Everything(
            await db.Messages.CountAsync(), await db.Members.CountAsync(), await db.Rooms.CountAsync(), room.Name, room.Settings.Instructions, room.Visibility, room.IsArchived, room.LastSequence);
    }

    private sealed record Everything(int Messages, int Members, int Rooms, string Name, string? Instructions, RoomVisibility Visibility, bool IsArchived, long Sequence);
}
