using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A private room in two browsers: who is invited comes in, and who is removed sees so at once.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PeopleTests(Chromium chromium) : IAsyncLifetime
{
    // As in HiddenTabTests.
    private const string Hide = """
        async isHidden => {
          Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
          Object.defineProperty(document, 'visibilityState', { value: isHidden ? 'hidden' : 'visible', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
          await document.querySelector('chat-tools').here();
        }
        """;

    // Notes when an element that matches a selector comes, or goes: at what time of the machine's clock, which all browsers here share.
    private const string Note = """
        ([selector, isThere]) => {
          globalThis.notedAt = new Promise(resolve => {
            const look = () => (document.querySelector(selector) !== null) === isThere && resolve(Date.now());
            new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
            look();
          });
        }
        """;

    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Who_is_invited_by_a_link_sees_the_history_and_is_out_within_a_second_when_removed_with_the_draft_kept()
    {
        await CreatePrivateRoomAsync("Plans");
        await _app.SayAsync(_ada, "The secret is plugh");
        var link = await InviteAsync("Member");
        var room = new Uri(_ada.Page.Url).AbsolutePath;

        // Bella has never been here: she gives her name first, and lands at the invite.
        var requests = new List<(string Url, string? Referer)>();
        var bella = await _app.VisitAsync("Bella");
        bella.Context.Request += (_, request) => requests.Add((request.Url, request.Headers.GetValueOrDefault("referer")));
        await bella.Page.GotoAsync(link);
        await bella.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" }).FillAsync("Bella");
        await bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join", Exact = true }).ClickAsync();
        await Expect(bella.Heading).ToHaveTextAsync("Join Plans?");
        await Expect(bella.Page.GetByText("Ada invites you to this room.")).ToBeVisibleAsync();
        await Expect(_ada.Page.GetByText("Private · 1 person")).ToBeVisibleAsync();
        await bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" }).ClickAsync();
        await bella.ReadyAsync();
        Assert.Equal(room, new Uri(bella.Page.Url).AbsolutePath);
        await Expect(bella.ArticleBy("Ada")).ToContainTextAsync("The secret is plugh");
        await Expect(_ada.Page.GetByText("Private · 2 people")).ToBeVisibleAsync();
        Assert.All(requests, r => Assert.DoesNotContain(link.Split('/')[^1], r.Referer ?? "", StringComparison.Ordinal));

        await bella.Composer.FillAsync("Not finished yet");
        await bella.Page.EvaluateAsync(Note, new object[] { ".notice-page", true });
        var panel = await OpenPanelAsync(_ada);
        await panel.GetByRole(AriaRole.Button, new() { Name = "Remove Bella" }).ClickAsync();
        var clicked = await ClickAtAsync(_ada, _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }));
        await Expect(bella.Heading).ToHaveTextAsync("You can no longer see this room");
        Within(clicked, await bella.Page.EvaluateAsync<double>("() => globalThis.notedAt"));
        await AccessibilityTests.CheckAsync(bella.Page, "a room that cannot be seen any more");
        await Expect(bella.RoomList.GetByRole(AriaRole.Link, new() { Name = "Plans", Exact = true })).ToHaveCountAsync(0);
        await Expect(bella.Page.GetByText("plugh")).ToHaveCountAsync(0);

        // Whether the room still exists is nothing to her.
        await bella.Page.GotoAsync(new Uri(bella.Address, room).ToString());
        await Expect(bella.Page.GetByText("Draft in Plans. You can no longer see this room.")).ToBeVisibleAsync();

        // The used link lets in nobody, and she gets back by another: what she had typed is there.
        await bella.Page.GotoAsync(link);
        await Expect(bella.Heading).ToHaveTextAsync("This invite doesn’t work");
        await AccessibilityTests.CheckAsync(bella.Page, "an invite that does not work");
        await bella.Page.GotoAsync(await InviteAsync("Member"));
        await bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" }).ClickAsync();
        await bella.ReadyAsync();
        await Expect(bella.Composer).ToHaveValueAsync("Not finished yet");
        Assert.Empty(_ada.Complaints);
        Assert.DoesNotContain(bella.Complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_that_changes_changes_the_open_page_within_a_second_also_a_hidden_one()
    {
        await CreatePrivateRoomAsync("Plans");
        var bella = await _app.JoinAsync("Bella");
        await bella.Page.GotoAsync(await InviteAsync("Member"));
        await bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" }).ClickAsync();
        await bella.ReadyAsync();
        await bella.Composer.FillAsync("Not finished yet");
        var panel = await OpenPanelAsync(_ada);
        foreach (var isHidden in new[] { false, true })
        {
            await bella.Page.EvaluateAsync(Hide, isHidden);
            foreach (var (role, isThere) in new[] { ("Viewer", false), ("Member", true) })
            {
                await bella.Page.EvaluateAsync(Note, new object[] { "chat-composer", isThere });
                var before = await NowAsync(_ada);
                await panel.GetByRole(AriaRole.Combobox, new() { Name = "Role of Bella" }).SelectOptionAsync(role);
                Within(before, await bella.Page.EvaluateAsync<double>("() => globalThis.notedAt"));
                if (!isThere)
                {
                    await Expect(bella.Page.GetByText("You can only read this room.")).ToBeVisibleAsync();
                    await Expect(bella.Page.Locator("#room-menu .menu-item:not([data-print])")).ToHaveCountAsync(0);
                }
            }
        }

        await bella.ReadyAsync();
        await Expect(bella.Composer).ToHaveValueAsync("Not finished yet");
    }

    [Fact]
    public async Task The_panel_and_its_dialogs_work_by_keyboard()
    {
        await CreatePrivateRoomAsync("Plans");
        var page = _ada.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var invite = page.GetByRole(AriaRole.Button, new() { Name = "Invite people" });
        await Expect(invite).ToBeVisibleAsync();
        await invite.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        // The name has the focus; the rest follows with Tab.
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true })).ToBeFocusedAsync();
        var create = page.GetByRole(AriaRole.Button, new() { Name = "Create link" });
        for (var i = 0; i < 10 && !await create.EvaluateAsync<bool>("e => e === document.activeElement"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" })).ToBeVisibleAsync();
        var link = await page.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" }).InputValueAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copy link" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Expect(invite).ToBeFocusedAsync();

        // Whoever is invited comes in by keyboard, and everything about them is done so.
        var bella = await _app.JoinAsync("Bella");
        await bella.Page.GotoAsync(link);
        await bella.Page.PressAsync(bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" }));
        await bella.ReadyAsync();
        await page.TabToAsync(page.GetByRole(AriaRole.Combobox, new() { Name = "Role of Bella" }), isBack: true);
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(bella.Page.GetByText("You can only read this room.")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await bella.ReadyAsync();

        await page.TabToAsync(page.GetByRole(AriaRole.Tab, new() { Name = "About" }), isBack: true);
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Tab, new() { Name = "Assistants & tools" })).ToBeFocusedAsync();
        await page.TabToAsync(page.GetByRole(AriaRole.Combobox, new() { Name = "Add someone who approves" }));
        await page.Keyboard.PressAsync("b");
        var approvers = page.GetByRole(AriaRole.List, new() { Name = "Also approve, when the asker is away" });
        await Expect(approvers).ToContainTextAsync("Bella");
        await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Bella does not approve any more" }), isBack: true);
        await Expect(approvers).Not.ToContainTextAsync("Bella");
        await page.TabToAsync(page.GetByRole(AriaRole.Tab, new() { Name = "Assistants & tools" }), isBack: true);
        await page.Keyboard.PressAsync("ArrowLeft");

        var visibility = page.GetByRole(AriaRole.Combobox, new() { Name = "Who can see this room" });
        await page.TabToAsync(visibility);
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByText("Private · 2 people")).ToHaveCountAsync(0);
        await Expect(visibility).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.GetByText("Private · 2 people")).ToBeVisibleAsync();

        await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Remove Bella" }));
        await page.PressAsync(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }));
        await Expect(bella.Heading).ToHaveTextAsync("You can no longer see this room");
        // What had the focus is gone with her, and then with the panel.
        await Expect(page.Locator(".people")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-toggle-panel]")).ToBeFocusedAsync();
        Assert.Empty(_ada.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Every_screen_is_accessible(ColorScheme scheme, int width)
    {
        var grace = await _app.JoinAsync("Grace", scheme, width);
        await CreatePrivateRoomAsync("Plans", grace);
        var panel = await OpenPanelAsync(grace);
        await Expect(panel.GetByRole(AriaRole.List, new() { Name = "Members" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(grace.Page, "people");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Invite people" }).ClickAsync();
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var link = grace.Page.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" });
        await Expect(link).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(grace.Page, "invite people");
        var address = await link.InputValueAsync();
        await grace.Page.Keyboard.PressAsync("Escape");

        var bella = await _app.JoinAsync("Bella", scheme, width);
        await bella.Page.GotoAsync(address);
        await Expect(bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(bella.Page, "invite");
        await bella.Page.GetByRole(AriaRole.Button, new() { Name = "Join room" }).ClickAsync();
        await bella.ReadyAsync();
        await panel.GetByRole(AriaRole.Combobox, new() { Name = "Role of Bella" }).SelectOptionAsync("Viewer");
        await Expect(bella.Page.GetByText("You can only read this room.")).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(bella.Page, "a viewer's room");
        await (await OpenPanelAsync(bella)).GetByRole(AriaRole.Button, new() { Name = "Leave room" }).ClickAsync();
        await Expect(bella.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(bella.Page, "leave");
        await bella.Page.Keyboard.PressAsync("Escape");

        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        await grace.ChooseAsync("Archive");
        await grace.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Archive room" }).ClickAsync();
        await Expect(grace.Page.GetByText("This room is archived.")).ToBeVisibleAsync();
        if (width < 900)
        {
            await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true }).ClickAsync();
        }

        await Expect(grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Plans" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(grace.Page, "archived");
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        await Expect(grace.Page.GetByRole(AriaRole.Group, new() { Name = "Who can see it?" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(grace.Page, "new room");
        await grace.Page.Keyboard.PressAsync("Escape");

        await grace.OpenAsync($"/rooms/{await CreateWithRightsAsync()}");
        await Expect(grace.Page.GetByRole(AriaRole.Group, new() { Name = "Approve deploy?" })).ToContainTextAsync("Bella");
        await AccessibilityTests.CheckAsync(grace.Page, "a call that needs two people");
        panel = await grace.OpenPanelAsync("Assistants & tools");
        await Expect(panel.GetByRole(AriaRole.Button, new() { Name = "Bella does not approve any more" })).ToBeVisibleAsync();
        await Expect(panel.GetByRole(AriaRole.Button, new() { Name = "Ask again before status runs" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(grace.Page, "people who approve, and a tool that runs without asking");
        Assert.Empty(grace.Complaints);
    }

    // A room of Grace's in which Bella may approve, a tool runs without asking, and a call has the first of two approvals.
    private async Task<Guid> CreateWithRightsAsync()
    {
        var (rooms, people) = (_app.Services.GetRequiredService<RoomService>(), _app.Services.GetRequiredService<PeopleDirectory>());
        Person Find(string name) => new(people.FindByName(name)!.Value, name);
        var (grace, bella) = (Find("Grace"), Find("Bella"));
        var roomId = (await rooms.CreateAsync(grace, "Deployments", default, RoomVisibility.Private)).Value.Id;
        Assert.Null((await rooms.SetMemberAsync(grace, roomId, bella.Id, RoomRole.Member, default)).Error);
        Assert.Null((await rooms.SetApproverAsync(grace, roomId, bella.Id, true, default)).Error);
        var now = TimeProvider.System.GetUtcNow();
        var tool = new ToolFingerprint("description", "schema", "nature");
        Assert.Null((await _app.Services.GetRequiredService<IRoomStore>().ChangeAsync<bool>(roomId, async (change, token) =>
        {
            var room = (await change.FindRoomAsync(token))!.WithMessage(now);
            var rights = room.Settings.Rights with { Always = [new StandingApproval("status", tool, grace.AsAuthor(), now)] };
            change.Save(room with { Settings = room.Settings with { Rights = rights } });
            change.Add(
                new Message
                {
                    Id = Guid.CreateVersion7(now),
                    RoomId = roomId,
                    Sequence = room.LastSequence,
                    Author = new Author(AuthorKind.Assistant, "demo", "Demo"),
                    Parts =
                    [
                        new ToolCallPart("c1", "deploy")
                        {
                            Arguments = "{}", State = ToolCallState.AwaitingApproval, AskedAt = now, Tool = tool, NeedsTwoPeople = true,
                            FirstApproval = new ToolDecision(true, bella.AsAuthor(), now, null),
                        },
                    ],
                    Status = MessageStatus.AwaitingPeople.Instance,
                    CreatedAt = now,
                    AskedBy = grace.AsAuthor(),
                },
                null);
            return true;
        }, default)).Value.Error);
        return roomId;
    }

    private Task CreatePrivateRoomAsync(string name) => CreatePrivateRoomAsync(name, _ada);

    private static async Task CreatePrivateRoomAsync(string name, BrowserVisitor visitor)
    {
        var menu = visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true });
        if (await menu.IsVisibleAsync())
        {
            await menu.ClickAsync();
        }

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        var dialog = visitor.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" }).FillAsync(name);
        await dialog.GetByRole(AriaRole.Radio, new() { Name = "Only members" }).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await Expect(visitor.Heading).ToHaveTextAsync(name);
        await visitor.ReadyAsync();
    }

    private static async Task<ILocator> OpenPanelAsync(BrowserVisitor visitor)
    {
        var panel = visitor.Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" });
        if (!await panel.IsVisibleAsync())
        {
            await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
            await Expect(panel).ToBeVisibleAsync();
        }

        return panel;
    }

    private async Task<string> InviteAsync(string role)
    {
        await (await OpenPanelAsync(_ada)).GetByRole(AriaRole.Button, new() { Name = "Invite people" }).ClickAsync();
        var dialog = _ada.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "They come in as" }).SelectOptionAsync(role);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create link" }).ClickAsync();
        var link = await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" }).InputValueAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        return link;
    }

    private static async Task<double> ClickAtAsync(BrowserVisitor visitor, ILocator what)
    {
        var at = await NowAsync(visitor);
        await what.ClickAsync();
        return at;
    }

    private static Task<double> NowAsync(BrowserVisitor visitor) => visitor.Page.EvaluateAsync<double>("() => Date.now()");

    // Counted from before the click, so the time that the browser takes for it is in it.
    private static void Within(double from, double to) => Assert.InRange(to - from, 0, TimeSpan.FromSeconds(1).TotalMilliseconds);
}
