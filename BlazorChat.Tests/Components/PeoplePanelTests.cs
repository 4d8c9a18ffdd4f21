using BlazorChat.Access;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Pages;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Components;

/// <summary>Who can see a room, what they may do there, and what of it a page offers to whom: at once when it changes.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class PeoplePanelTests : IAsyncLifetime
{
    private readonly LogCapture _refusals = new();
    private PageHost _host = null!;
    private Room _room = null!;

    private RoomService Rooms => _host.Chat.Rooms;

    public async Task InitializeAsync()
    {
        _host = await PageHost.StartAsync(builder => builder.Logging.AddProvider(_refusals));
        // Grace has been here.
        await _host.Chat.AddPersonAsync(ChatHost.Ada);
        await _host.Chat.AddPersonAsync(ChatHost.Grace);
        _room = (await Rooms.CreateAsync(ChatHost.Ada, "Plans", default, RoomVisibility.Private)).Value;
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Everybody_sees_who_can_see_the_room_and_owners_change_it()
    {
        await SetAsync(RoomRole.Member);
        var (ada, grace) = (await OpenPanelAsync(), await OpenPanelAsync(ChatHost.Grace));
        Assert.Equal("Private · 2 people", ada.Find(".audience").TextContent);
        Assert.Equal("Room details", ada.Find("aside").GetAttribute("aria-label"));
        Assert.Equal(["Ada you", "Grace"], Names(ada));
        Assert.Equal(["Ada", "Grace you"], Names(grace));
        Assert.Equal(["Owner", "Member"], grace.FindAll("ul[aria-label=Members] .member-role").Select(r => r.TextContent));
        Assert.Contains("Only members", grace.Find(".people").TextContent, StringComparison.Ordinal);
        // What is not allowed is not there.
        Assert.Empty(grace.FindAll(".people select, .people [aria-label^=Remove]"));
        Assert.Equal(["Leave room"], grace.FindAll(".people button").Select(b => b.TextContent.Trim()));
        Assert.Equal(["Role of Ada", "Role of Grace"], ada.FindAll("select.member-role").Select(s => s.GetAttribute("aria-label")));
        Assert.Equal(["Remove Grace"], ada.FindAll("[aria-label^=Remove]").Select(s => s.GetAttribute("aria-label")));

        await ChangeAsync(ada, "#history", "new");
        grace.Until(() => Assert.Contains("only new messages", grace.Find(".people").TextContent, StringComparison.Ordinal));
        // A room whose history is hidden cannot be opened: the choice goes back, and the reason is said.
        await ChangeAsync(ada, "#visibility", nameof(RoomVisibility.OpenToGuests));
        ada.Until(() => Assert.NotEmpty(ada.Find("#visibility-problem").TextContent));
        Assert.Equal(nameof(RoomVisibility.Private), ada.Find("#visibility").GetAttribute("value"));
        await ChangeAsync(ada, "#history", "all");
        await ChangeAsync(ada, "#visibility", nameof(RoomVisibility.OpenToGuests));
        grace.Until(() => Assert.Equal("Open to everyone", grace.Find(".audience").TextContent));
        ada.Until(() => Assert.Empty(ada.FindAll("#visibility-problem")));
    }

    [Fact]
    public async Task A_role_that_changes_changes_the_open_page()
    {
        await SetAsync(RoomRole.Viewer);
        await _host.Chat.PostAsync(_room, "Question");
        (await _host.Chat.Model.NextAsync()).Fail(new InvalidOperationException("Broken."));
        using (var watch = await _host.Chat.WatchAsync(_room))
        {
            await watch.EndedAsync();
        }

        var grace = await OpenPanelAsync(ChatHost.Grace);
        Assert.Equal("You can only read this room.", grace.Find(".read-only").TextContent.Trim());
        Assert.Empty(grace.FindAll("chat-composer, .end button, [data-act=again]:not(.menu-item)"));
        Assert.Equal("Print…", Assert.Single(grace.FindAll("#room-menu .menu-item")).TextContent.Trim());
        Assert.True(grace.Find("#instructions").HasAttribute("readonly"));

        await SetAsync(RoomRole.Member);
        grace.Until(() => Assert.Single(grace.FindAll("chat-composer")));
        Assert.Empty(grace.FindAll(".read-only"));
        // The answer was Ada's question.
        Assert.Empty(grace.FindAll(".end button"));
        Assert.Contains("Only the person who asked", grace.Find(".end .whose").TextContent, StringComparison.Ordinal);
        Assert.False(grace.Find("#instructions").HasAttribute("readonly"));
        Assert.Equal(["Rename…"], Menu(grace));

        await SetAsync(RoomRole.Owner);
        grace.Until(() => Assert.Equal(["Rename…", "Clear…", "Archive…", "Delete…"], Menu(grace)));
        grace.Until(() => Assert.NotEmpty(grace.FindAll(".people select")));
        Assert.NotEmpty(grace.FindAll(".end button"));
        await grace.ClickAsync(".menu-item", "Delete…");
        await grace.InvokeAsync(() => grace.FindAll("button").Single(b => b.TextContent.Trim() == "Invite people").ClickAsync(new()));
        Assert.Equal(2, grace.FindAll("dialog").Count);

        await SetAsync(RoomRole.Viewer);
        grace.Until(() => Assert.Empty(grace.FindAll("dialog, chat-composer, .people select")));
        Assert.Equal("You can only read this room. What you had typed is kept until you can write again.", grace.Find(".read-only").TextContent.Trim());

        await Rooms.RemoveMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, default);
        grace.Until(() => Assert.Contains("What you had typed is kept.", grace.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_becomes_an_administrator_or_is_none_any_more_has_another_open_page_at_once()
    {
        var olga = new Person(Guid.NewGuid(), "Olga");
        await _host.Chat.AddPersonAsync(olga, Standing.Administrator);
        // Nobody owns it.
        var lobby = Rooms.Rooms.Single(r => r.Room.Name == "Lobby").Room;
        var page = _host.Open(lobby, olga);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        var menu = _host.Page(olga).Render<PersonMenu>();
        Assert.Contains("Clear…", Menu(page));
        Assert.Single(menu.FindAll("a[href=people]"));
        page.Until(() => Assert.NotEmpty(page.FindAll(".people select, .rights select")));
        await page.ClickAsync(".menu-item", "Clear…");

        await StandAsync(olga, Standing.Registered);
        page.Until(() => Assert.Equal(["Rename…"], Menu(page)));
        page.Until(() => Assert.Empty(page.FindAll("dialog, .people select, .rights select")));
        menu.Until(() => Assert.Empty(menu.FindAll("a[href=people]")));

        await StandAsync(olga, Standing.Administrator);
        page.Until(() => Assert.Contains("Clear…", Menu(page)));
        page.Until(() => Assert.NotEmpty(page.FindAll(".people select")));
        menu.Until(() => Assert.Single(menu.FindAll("a[href=people]")));
    }

    [Fact]
    public async Task The_menu_of_a_person_covers_nothing_that_opens_it_and_a_guest_is_asked_before_leaving()
    {
        var guest = new Person(Guid.NewGuid(), "Bella");
        await _host.Chat.AddPersonAsync(guest, Standing.Guest);
        await _host.Chat.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(async change => (await change.FindAsync(guest.Id))!.IsRenamed = true, default);
        var menu = _host.Page(guest).Render<PersonMenu>();
        // Notices stand above the button: the menu has a fixed place above the lower edge of the page.
        Assert.Equal(["P", "BUTTON"], menu.Find("footer").Children.Select(c => c.NodeName).Take(2));
        Assert.True(menu.Find("footer").Children[1].ClassList.Contains("person-button"));
        var leave = menu.FindAll("form").Single();
        Assert.Equal(("get", "account/leave", "Leave…"), (leave.GetAttribute("method"), leave.GetAttribute("action"), leave.TextContent.Trim()));

        await StandAsync(guest, Standing.Registered);
        menu.Until(() => Assert.Equal("Sign out", menu.Find("form").TextContent.Trim()));
        Assert.Equal("post", menu.Find("form").GetAttribute("method"));
    }

    [Fact]
    public async Task Nobody_gives_up_a_role_without_being_asked()
    {
        await SetAsync(RoomRole.Owner);
        var page = await OpenPanelAsync();
        await ChangeAsync(page, "[aria-label='Role of Ada']", nameof(RoomRole.Member));
        Assert.Equal("Become a member?", page.Find("dialog h2").TextContent);
        Assert.Equal(nameof(RoomRole.Owner), page.Find("[aria-label='Role of Ada']").GetAttribute("value"));
        Assert.Equal(RoomRole.Owner, (await MembersAsync()).Single(m => m.PersonId == ChatHost.Ada.Id).Role);

        await page.ClickAsync("dialog .danger");
        page.Until(() => Assert.Empty(page.FindAll("dialog, .people select")));
        Assert.Equal(RoomRole.Member, (await MembersAsync()).Single(m => m.PersonId == ChatHost.Ada.Id).Role);
    }

    [Fact]
    public async Task A_room_that_is_deleted_while_its_details_are_open_leaves_no_warning_in_the_log()
    {
        await SetAsync(RoomRole.Member);
        var grace = await OpenPanelAsync(ChatHost.Grace);
        Assert.Null((await Rooms.DeleteAsync(ChatHost.Ada, _room.Id, default)).Error);
        grace.Until(() => Assert.Equal("This room is gone", grace.Find("h1").TextContent));
        Assert.Equal(0, _refusals.Lines.Count(l => l.Text.Contains("was refused", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Owners_change_roles_and_remove_and_the_last_one_stays()
    {
        await SetAsync(RoomRole.Member);
        var page = await OpenPanelAsync();
        await ChangeAsync(page, "[aria-label='Role of Grace']", nameof(RoomRole.Viewer));
        Assert.Equal(RoomRole.Viewer, (await MembersAsync()).Single(m => m.PersonId == ChatHost.Grace.Id).Role);
        await ChangeAsync(page, "[aria-label='Role of Ada']", nameof(RoomRole.Member));
        page.Until(() => Assert.Equal(RoomErrors.LastOwner.Message, page.Find(".members .problem").TextContent));
        Assert.Equal(nameof(RoomRole.Owner), page.Find("[aria-label='Role of Ada']").GetAttribute("value"));

        await page.ClickAsync("[aria-label='Remove Grace']");
        Assert.Equal("Remove Grace?", page.Find("dialog h2").TextContent);
        Assert.Equal(2, (await MembersAsync()).Count);
        await page.ClickAsync("dialog .danger");
        page.Until(() => Assert.Equal(["Ada you"], Names(page)));
        page.Until(() => Assert.Empty(page.FindAll("dialog")));

        // Nothing is offered that would be refused, and nothing is advised that cannot be done.
        await page.ClickAsync(".people button", "Leave room");
        Assert.Contains("archive or delete it", page.Find("dialog").TextContent, StringComparison.Ordinal);
        await SetAsync(RoomRole.Member);
        page.Until(() => Assert.Contains("Make another member an owner first", page.Find("dialog").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("dialog .danger"));
        await SetAsync(RoomRole.Owner);
        page.Until(() => Assert.Contains("until an owner invites you again", page.Find("dialog").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_leaves_is_asked_first_and_lands_somewhere_else()
    {
        await SetAsync(RoomRole.Viewer);
        var page = await OpenPanelAsync(ChatHost.Grace);
        await page.ClickAsync(".people button", "Leave room");
        Assert.Contains("until an owner invites you again", page.Find("dialog").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, (await MembersAsync()).Count);
        await page.ClickAsync("dialog .danger");
        Assert.Single(await MembersAsync());
        page.Until(() => Assert.DoesNotContain("/rooms/", page.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_are_invited_by_their_name_and_by_a_link_that_is_shown_once()
    {
        var page = await OpenPanelAsync();
        await page.ClickAsync(".people button", "Invite people");
        page.Find("#invite-name").Change("Nobody");
        await page.Find("dialog form").SubmitAsync();
        page.Until(() => Assert.Equal(RoomErrors.NoSuchPerson.Message, page.Find("dialog .problem").TextContent));
        page.Find("#invite-role").Change(nameof(RoomRole.Viewer));
        page.Find("#invite-name").Change("grace");
        await page.Find("dialog form").SubmitAsync();
        page.Until(() => Assert.Contains("Grace is a viewer now.", page.Find("#invite-said").TextContent, StringComparison.Ordinal));
        Assert.Equal(RoomRole.Viewer, (await MembersAsync()).Single(m => m.PersonId == ChatHost.Grace.Id).Role);

        Assert.Contains("Whoever has the link can come in.", page.Find(".invite-by-link").TextContent, StringComparison.Ordinal);
        await page.FindAll("dialog form")[1].SubmitAsync();
        page.WaitForElement("#invite-link", Guard.Patience);
        var link = page.Find("#invite-link").GetAttribute("value")!;
        Assert.Matches("^http://[^/]+/invite/[A-Za-z0-9_-]{43}$", link);
        page.Until(() => Assert.Contains("Viewer · 0 of 1 used", page.Find("[aria-label='Open links']").TextContent, StringComparison.Ordinal));
        await page.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        await page.ClickAsync(".people button", "Invite people");
        page.WaitForElement("[aria-label='Open links']", Guard.Patience);
        Assert.DoesNotContain(link.Split('/')[^1], page.Markup, StringComparison.Ordinal);

        await page.ClickAsync("[aria-label='Open links'] button");
        page.Until(() => Assert.Empty(page.FindAll("[aria-label='Open links']")));
        Assert.Equal(RoomErrors.NoSuchInvite, (await Rooms.ReadInviteAsync(ChatHost.Grace, link.Split('/')[^1], default)).Error);
    }

    [Fact]
    public async Task The_page_of_an_invite_says_what_it_is_and_lets_in_by_its_button_alone()
    {
        var made = (await Rooms.CreateInviteAsync(ChatHost.Ada, _room.Id, RoomRole.Viewer, TimeSpan.FromDays(7), 1, default)).Value;
        var page = _host.Page(ChatHost.Grace).Render<Invite>(p => p.Add(i => i.Token, made.Token));
        Assert.Equal("Join Plans?", page.WaitForElement("h1", Guard.Patience).TextContent);
        Assert.Contains("Ada invites you to this room. You’ll be able to read it, but not to write.", page.Find("main").TextContent, StringComparison.Ordinal);
        Assert.Single(await MembersAsync());
        await page.ClickAsync("button", "Join room");
        page.Until(() => Assert.EndsWith($"/rooms/{_room.Id}", page.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
        Assert.Equal(2, (await MembersAsync()).Count);

        var again = _host.Page(ChatHost.Grace).Render<Invite>(p => p.Add(i => i.Token, made.Token));
        Assert.Equal("You’re already in Plans", again.WaitForElement("h1", Guard.Patience).TextContent);
        var late = _host.Page(new Person(Guid.NewGuid(), "Bella")).Render<Invite>(p => p.Add(i => i.Token, made.Token));
        Assert.Equal("This invite doesn’t work", late.WaitForElement("h1", Guard.Patience).TextContent);
        Assert.DoesNotContain("Plans", late.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archived_room_is_read_only_folded_away_and_brought_back()
    {
        await SetAsync(RoomRole.Member);
        var (ada, grace) = (await OpenPanelAsync(), await OpenPanelAsync(ChatHost.Grace));
        var list = _host.Page(ChatHost.Grace).Render<RoomList>();
        list.Until(() => Assert.Contains("Plans", list.Find("nav > ul").TextContent, StringComparison.Ordinal));
        await ada.ClickAsync(".menu-item", "Archive…");
        Assert.Empty(ada.FindAll("dialog .danger"));
        await ada.ClickAsync("dialog button", "Archive room");
        grace.Until(() => Assert.Equal("This room is archived.", grace.Find(".read-only").TextContent.Trim()));
        list.Until(() => Assert.Contains("Plans", list.Find("nav details ul").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Plans", list.Find("nav > ul").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Archived · ", grace.Find(".audience").TextContent, StringComparison.Ordinal);
        Assert.Empty(Menu(grace));
        ada.Until(() => Assert.Equal(["Unarchive…", "Delete…"], Menu(ada)));

        await ada.ClickAsync(".read-only button", "Unarchive");
        grace.Until(() => Assert.Single(grace.FindAll("chat-composer")));
        list.Until(() => Assert.Empty(list.FindAll("nav details")));
    }

    [Fact]
    public async Task A_long_list_of_members_is_shown_when_somebody_wants_it()
    {
        for (var i = 0; i < 40; i++)
        {
            var person = new Person(Guid.NewGuid(), $"Bella {i}");
            await _host.Chat.AddPersonAsync(person);
            Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, person.Id, RoomRole.Viewer, default)).Error);
        }

        var page = await OpenPanelAsync();
        Assert.Equal(30, page.FindAll(".members li").Count);
        await page.ClickAsync(".people button", "Show all 41");
        Assert.Equal(41, page.FindAll(".members li").Count);
    }

    private async Task<IRenderedComponent<RoomScreen>> OpenPanelAsync(Person? person = null)
    {
        var page = _host.Open(_room, person);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        return page;
    }

    private async Task SetAsync(RoomRole role) => Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, role, default)).Error);

    private async Task<IReadOnlyList<RoomMember>> MembersAsync() => [.. (await Rooms.ReadMembersAsync(ChatHost.Ada, _room.Id, default)).Value.Select(m => m.Member)];

    private Task<bool> StandAsync(Person person, Standing standing) => _host.Chat.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(async change =>
    {
        (await change.FindAsync(person.Id))!.Standing = standing;
        return true;
    }, default);

    private static Task ChangeAsync(IRenderedComponent<RoomScreen> page, string selector, string value) =>
        page.InvokeAsync(() => page.Find(selector).ChangeAsync(new ChangeEventArgs { Value = value }));

    private static IEnumerable<string> Names(IRenderedComponent<RoomScreen> page) => page.FindAll(".member-name").Select(n => n.TextContent.Trim());

    private static IEnumerable<string> Menu(IRenderedComponent<RoomScreen> page) => page.FindAll("#room-menu .menu-item:not([data-print])").Select(b => b.TextContent.Trim());
}
