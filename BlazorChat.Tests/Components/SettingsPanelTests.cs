using AngleSharp.Dom;
using BlazorChat.Access;
using BlazorChat.Components.Rooms;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>Settings save themselves while somebody changes them, say so, can be undone, and overwrite nothing that the person has not seen.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class SettingsPanelTests : IAsyncLifetime
{
    private static readonly RoomError NotStored = new(RoomErrorKind.Unavailable, "This could not be saved. Please try again.");

    private readonly Gatekeeper _gatekeeper = new();
    private PageHost _host = null!;
    private Room _room = null!;

    public async Task InitializeAsync()
    {
        _host = await PageHost.StartAsync(b => b.Services.AddSingleton<IRoomAuthorizer>(_gatekeeper.Over));
        _room = await _host.Chat.RoomAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Text_is_saved_after_a_pause_and_not_with_every_key()
    {
        var page = await OpenPanelAsync();
        var before = await StoredAsync();
        foreach (var text in new[] { "B", "Be", "Be b", "Be brief." })
        {
            await TypeAsync(page, text);
            _host.Time.Advance(SettingsEditor.Pause / 2);
        }

        Assert.Equal(before.LastEvent, (await StoredAsync()).LastEvent);
        _host.Time.Advance(SettingsEditor.Pause / 2);
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        var stored = await StoredAsync();
        Assert.Equal(("Be brief.", before.LastEvent + 1), (stored.Settings.Instructions, stored.LastEvent));
        Assert.Equal("polite", page.Find("#instructions-note .hint").GetAttribute("aria-live"));
    }

    [Fact]
    public async Task Undo_brings_back_what_was_there_before_everything_that_was_typed_at_once_and_can_be_undone()
    {
        var page = await OpenPanelAsync();
        await TypeAndLeaveAsync(page, "First");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        // Two pauses while the field has the focus are one change.
        await TypeAsync(page, "First, and");
        _host.Time.Advance(SettingsEditor.Pause);
        page.Until(() => Assert.Equal("First, and", View(page).Instructions));
        await TypeAndLeaveAsync(page, "First, and second");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));

        Assert.Equal("Undo: Instructions", Button(page, "instructions", "Undo").GetAttribute("aria-label"));
        await ClickAsync(page, "instructions", "Undo");
        page.Until(() => Assert.Equal("Undone", Said(page, "instructions")));
        Assert.Equal("First", page.Find("#instructions").GetAttribute("value"));
        Assert.Equal("First", (await StoredAsync()).Instructions);
        await ClickAsync(page, "instructions", "Redo");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        Assert.Equal("First, and second", (await StoredAsync()).Instructions);
    }

    [Fact]
    public async Task A_choice_is_saved_at_once_and_undone_by_itself()
    {
        var page = await OpenPanelAsync();
        await ChooseAsync(page, "mode", nameof(AnswerMode.WhenMentioned));
        page.Until(() => Assert.Equal("Saved", Said(page, "mode")));
        await ChooseAsync(page, "overlap", nameof(OverlapPolicy.Drop));
        page.Until(() => Assert.Equal("Saved", Said(page, "overlap")));
        await ClickAsync(page, "mode", "Undo");
        page.Until(() => Assert.Equal("Undone", Said(page, "mode")));
        var stored = await StoredAsync();
        Assert.Equal((AnswerMode.Always, OverlapPolicy.Drop), (stored.AnswerMode, stored.Settings.Overlap));
        Assert.True(Choice(page, "mode", nameof(AnswerMode.Always)).HasAttribute("checked"));
    }

    [Fact]
    public async Task Two_people_who_change_different_settings_do_not_disturb_each_other()
    {
        var (ada, grace) = (await OpenPanelAsync(), await OpenPanelAsync(ChatHost.Grace));
        await TypeAsync(ada, "Be brief.");
        await ChooseAsync(grace, "overlap", nameof(OverlapPolicy.Drop));
        ada.Until(() => Assert.Equal(nameof(OverlapPolicy.Drop), ada.Find("#overlap").GetAttribute("value")));
        _host.Time.Advance(SettingsEditor.Pause);
        grace.Until(() => Assert.Equal("Be brief.", grace.Find("#instructions").GetAttribute("value")));
        Assert.Empty(ada.FindAll(".contested"));
        Assert.Equal("", Said(grace, "instructions"));
        Assert.Equal(("Be brief.", OverlapPolicy.Drop), ((await StoredAsync()).Instructions, (await StoredAsync()).Settings.Overlap));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_someone_else_wrote_meanwhile_is_not_overwritten_and_neither_text_is_lost(bool isMineKept)
    {
        var page = await OpenPanelAsync();
        await TypeAsync(page, "Mine");
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Grace, _room.Id, null, "Theirs", null, default);
        page.Until(() => Assert.Equal("Theirs", page.Find(".contested blockquote").TextContent));
        // Neither by the pause nor by leaving the field.
        _host.Time.Advance(SettingsEditor.Pause);
        await LeaveAsync(page, "Mine");
        Assert.Equal("Theirs", (await StoredAsync()).Instructions);
        Assert.Equal("Mine", page.Find("#instructions").GetAttribute("value"));

        await ClickAsync(page, "instructions", isMineKept ? "Save mine" : "Use theirs");
        page.Until(() => Assert.Equal(isMineKept ? "Saved" : "Not saved", Said(page, "instructions")));
        Assert.Equal(isMineKept ? "Mine" : "Theirs", page.Find("#instructions").GetAttribute("value"));
        Assert.Equal(isMineKept ? "Mine" : "Theirs", (await StoredAsync()).Instructions);
        await ClickAsync(page, "instructions", isMineKept ? "Undo" : "Restore mine");
        page.Until(() => Assert.Equal(isMineKept ? "Theirs" : "Mine", View(page).Instructions));
    }

    [Fact]
    public async Task An_edit_that_began_before_the_page_heard_of_someones_change_overwrites_nothing()
    {
        var page = await OpenPanelAsync();
        // Also if what it began with is the person's own.
        await TypeAndLeaveAsync(page, "First");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        var seen = Stamp(page);
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Grace, _room.Id, null, "Theirs", null, default);
        page.Until(() => Assert.Equal("Theirs", page.Find("#instructions").GetAttribute("value")));
        // The browser had not shown it yet.
        await ChangeAsync(page, "kept-field[data-name=instructions] [data-begins]", seen!);
        await TypeAndLeaveAsync(page, "Mine");
        page.Until(() => Assert.Equal("Theirs", page.Find(".contested blockquote").TextContent));
        Assert.Equal("Theirs", (await StoredAsync()).Instructions);

        // One that began with the same text is none.
        await ClickAsync(page, "instructions", "Use theirs");
        await ChangeAsync(page, "kept-field[data-name=instructions] [data-begins]", seen!);
        await TypeAndLeaveAsync(page, "Theirs");
        Assert.Empty(page.FindAll(".contested"));
    }

    [Fact]
    public async Task An_edit_that_goes_on_where_the_page_has_not_heard_that_its_beginning_is_saved_is_no_conflict()
    {
        var page = await OpenPanelAsync();
        var seen = Stamp(page);
        // Saved after a pause, while the connection was lost.
        await TypeAndLeaveAsync(page, "In ver");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        await ChangeAsync(page, "kept-field[data-name=instructions] [data-begins]", $"{seen} {RoomSetting.StampOf("In ver")}");
        await TypeAndLeaveAsync(page, "In verse");
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        Assert.Empty(page.FindAll(".contested"));
        Assert.Equal("In verse", (await StoredAsync()).Instructions);
    }

    [Fact]
    public async Task Two_changes_at_the_same_moment_do_not_overwrite_each_other()
    {
        var (ada, grace) = (await OpenPanelAsync(), await OpenPanelAsync(ChatHost.Grace));
        // Both have been pressed before either page shows the other's.
        var seen = ada.Find("kept-field[data-name=overlap]").GetAttribute("data-of")!;
        await Task.WhenAll(new[] { ada, grace }.Select(page => ChangeAsync(page, "kept-field[data-name=overlap] [data-begins]", seen)));
        await Task.WhenAll(ChooseAsync(ada, "overlap", nameof(OverlapPolicy.Drop)), ChooseAsync(grace, "overlap", nameof(OverlapPolicy.Merge)));
        var stored = (await StoredAsync()).Settings.Overlap;
        var (first, second) = stored == OverlapPolicy.Drop ? (ada, grace) : (grace, ada);
        second.Until(() => Assert.Equal(RoomSetting.Overlap.Show(Words.English, stored.ToString()), second.Find(".contested blockquote").TextContent));
        Assert.Empty(first.FindAll(".contested"));
        await ClickAsync(second, "overlap", "Save mine");
        first.Until(() => Assert.Equal("Someone just changed this setting", Said(first, "overlap")));
        await ClickAsync(first, "overlap", "Restore mine");
        second.Until(() => Assert.Equal(stored, View(second).Overlap));
    }

    [Fact]
    public async Task Who_may_not_change_the_room_reads_its_settings()
    {
        await _host.Chat.Rooms.ChangeAsync(ChatHost.Ada, _room.Id, null, "Be brief.", null, default);
        _gatekeeper.Refused = new RoomError(RoomErrorKind.Forbidden, "Only the owner can do this.");
        var page = await OpenPanelAsync();
        Assert.Equal("Be brief.", page.Find("#instructions").GetAttribute("value"));
        Assert.True(page.Find("#instructions").HasAttribute("readonly"));
        Assert.All(page.FindAll(".panel :is(input[type=radio], #overlap)"), choice => Assert.True(choice.Closest("fieldset")!.HasAttribute("disabled")));
        Assert.All(page.FindAll(".panel input[type=checkbox]"), box => Assert.True(box.HasAttribute("disabled")));
        Assert.Contains("Only people who may change this room can edit its settings.", page.Find(".panel").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_loses_the_right_while_typing_is_told_and_keeps_the_text()
    {
        var page = await OpenPanelAsync();
        _gatekeeper.Refused = new RoomError(RoomErrorKind.Forbidden, "Only the owner can do this.");
        await TypeAndLeaveAsync(page, "Mine");
        page.Until(() => Assert.Equal("Only the owner can do this.", page.Find("#instructions-note .problem").TextContent));
        Assert.Equal(("Mine", "true"), (page.Find("#instructions").GetAttribute("value"), page.Find("#instructions").GetAttribute("aria-invalid")));
        Assert.Equal("", (await StoredAsync()).Instructions);
    }

    [Fact]
    public async Task What_could_not_be_stored_says_so_and_is_saved_when_it_can_be()
    {
        var page = await OpenPanelAsync();
        _gatekeeper.Refused = NotStored;
        await TypeAndLeaveAsync(page, "Mine");
        page.Until(() => Assert.Equal(NotStored.Message, page.Find("#instructions-note .problem").TextContent));
        _gatekeeper.Refused = null;
        _host.Time.Advance(SettingsEditor.RetryAfter);
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        Assert.Empty(page.FindAll(".panel .problem"));
        Assert.Equal("Mine", (await StoredAsync()).Instructions);
    }

    [Fact]
    public async Task Limits_are_said_beside_the_field_and_what_was_typed_stays()
    {
        var page = await OpenPanelAsync();
        var tooLong = new string('x', RoomLimits.InstructionsLength + 1);
        await TypeAndLeaveAsync(page, tooLong);
        page.Until(() => Assert.Contains("at most 8000 characters", page.Find("#instructions-note .problem").TextContent, StringComparison.Ordinal));
        Assert.Equal(tooLong, page.Find("#instructions").GetAttribute("value"));
        await TypeAndLeaveAsync(page, tooLong[1..]);
        page.Until(() => Assert.Equal("Saved", Said(page, "instructions")));
        Assert.Empty(page.FindAll(".panel .problem"));
    }

    [Fact]
    public async Task A_color_is_the_owners_choice_and_everyone_sees_it()
    {
        await _host.Chat.AddPersonAsync(ChatHost.Ada);
        var room = (await _host.Chat.Rooms.CreateAsync(ChatHost.Ada, "Plans", default)).Value;
        await _host.Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default);
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        await ada.Find("button[aria-label='Room details']").ClickAsync(new());
        await grace.Find("button[aria-label='Room details']").ClickAsync(new());
        Assert.Empty(grace.FindAll(".color"));
        await ada.Find("[aria-label=Blue]").ClickAsync(new());
        grace.Until(() => Assert.Equal("accent/1d4ed8.css", grace.Find("link[rel=stylesheet]").GetAttribute("href")));
        Assert.Equal("true", ada.Find("[aria-label=Blue]").GetAttribute("aria-pressed"));

        // What cannot be read is shown otherwise, and that is said; what is no color is refused.
        await TypeAsync(ada, ".color input.field", "#FFD400");
        await ChangeAsync(ada, ".color input.field", "#FFD400");
        grace.Until(() => Assert.Equal("accent/ffd400.css", grace.Find("link[rel=stylesheet]").GetAttribute("href")));
        Assert.Contains("light pages show it darker", ada.Find("#color-hint").TextContent, StringComparison.Ordinal);
        await TypeAsync(ada, ".color input.field", "yellow");
        await ChangeAsync(ada, ".color input.field", "yellow");
        ada.Until(() => Assert.Contains("such as #0f766e", ada.Find("#accent-note .problem").TextContent, StringComparison.Ordinal));
        await ada.Find("[aria-label='The server’s color']").ClickAsync(new());
        grace.Until(() => Assert.Empty(grace.FindAll("link[rel=stylesheet]")));

        var refused = await _host.Chat.Rooms.ChangeAsync(ChatHost.Grace, room.Id, null, new RoomSettingsChange { Accent = "#1d4ed8" }, default);
        Assert.Equal(RoomErrorKind.Forbidden, refused.Error?.Kind);
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, new RoomSettingsChange { Accent = "1d4ed8" }, default)).Error?.Kind);
    }

    [Theory]
    [InlineData("3700", "0.1 to 60 seconds")]
    [InlineData("0", "0.1 to 60 seconds")]
    [InlineData("", "Enter a number of seconds")]
    public async Task The_quiet_time_is_asked_for_where_it_counts_and_its_bounds_are_said(string wrong, string problem)
    {
        var page = await OpenPanelAsync();
        Assert.Empty(page.FindAll("input[type=number]"));
        await ChooseAsync(page, "overlap", nameof(OverlapPolicy.Debounce));
        await TypeAsync(page, "input[type=number]", wrong);
        await ChangeAsync(page, "input[type=number]", wrong);
        page.Until(() => Assert.Contains(problem, page.Find("#quiet-note .problem").TextContent, StringComparison.Ordinal));
        Assert.Equal(wrong, page.Find("input[type=number]").GetAttribute("value") ?? "");

        await TypeAsync(page, "input[type=number]", "1.50");
        await ChangeAsync(page, "input[type=number]", "1.50");
        page.Until(() => Assert.Equal("Saved", Said(page, "quiet")));
        var settings = (await StoredAsync()).Settings;
        Assert.Equal((OverlapPolicy.Debounce, TimeSpan.FromSeconds(1.5)), (settings.Overlap, settings.QuietTime));

        // What could not be saved goes with its field.
        await TypeAsync(page, "input[type=number]", wrong);
        await ChooseAsync(page, "overlap", nameof(OverlapPolicy.Queue));
        await page.Find("button[aria-label='Close room details']").ClickAsync(new());
        page.Until(() => Assert.Empty(page.FindAll(".panel")));
    }

    [Theory]
    [InlineData("button[aria-label='Close room details']")]
    [InlineData("button[aria-label='Room details']")]
    public async Task Closing_the_panel_saves_and_the_undo_is_there_when_it_opens_again(string closes)
    {
        var page = await OpenPanelAsync();
        await TypeAsync(page, "Be brief.");
        await page.Find(closes).ClickAsync(new());
        page.Until(() => Assert.Empty(page.FindAll(".panel")));
        Assert.Equal("Be brief.", (await StoredAsync()).Instructions);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        Assert.Equal("Saved", Said(page, "instructions"));
        await ClickAsync(page, "instructions", "Undo");
        page.Until(() => Assert.Equal("", View(page).Instructions));
    }

    [Fact]
    public async Task A_panel_with_something_that_cannot_be_saved_closes_at_the_second_time_and_loses_nothing()
    {
        var page = await OpenPanelAsync();
        _gatekeeper.Refused = NotStored;
        await TypeAsync(page, "Mine");
        await page.Find("button[aria-label='Close room details']").ClickAsync(new());
        page.Until(() => Assert.Contains("isn’t saved yet", page.Find(".panel .held").TextContent, StringComparison.Ordinal));
        await page.Find("button[aria-label='Close room details']").ClickAsync(new());
        page.Until(() => Assert.Empty(page.FindAll(".panel")));
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        Assert.Equal("Mine", page.Find("#instructions").GetAttribute("value"));
        Assert.Equal(NotStored.Message, page.Find("#instructions-note .problem").TextContent);
        _gatekeeper.Refused = null;
        await page.Find("button[aria-label='Close room details']").ClickAsync(new());
        page.Until(() => Assert.Empty(page.FindAll(".panel")));
        Assert.Equal("Mine", (await StoredAsync()).Instructions);
    }

    [Fact]
    public async Task Leaving_the_room_saves()
    {
        var page = await OpenPanelAsync();
        using var watch = await _host.Chat.WatchAsync(_room);
        await TypeAsync(page, "Be brief.");
        await page.InvokeAsync(page.Instance.Dispose);
        await watch.UntilAsync(frame => frame.Room.Instructions == "Be brief.");
    }

    [Fact]
    public async Task A_switch_that_cannot_be_saved_says_so_beside_its_tool()
    {
        var page = await OpenPanelAsync();
        _gatekeeper.Refused = NotStored;
        await ChangeAsync(page, "input[aria-describedby=tool-roll_dice-about]", false);
        page.Until(() => Assert.Contains(NotStored.Message, page.Find("#tool-roll_dice-about").ParentElement!.TextContent, StringComparison.Ordinal));
        _gatekeeper.Refused = null;
        _host.Time.Advance(SettingsEditor.RetryAfter);
        page.Until(() => Assert.Equal(["roll_dice"], View(page).DisabledTools.ToArray()));
        page.Until(() => Assert.Contains("Saved", page.Find("#tool-roll_dice-about").ParentElement!.TextContent, StringComparison.Ordinal));
    }

    private async Task<IRenderedComponent<RoomScreen>> OpenPanelAsync(Person? person = null)
    {
        var page = _host.Open(_room, person);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        return page;
    }

    private async Task<Room> StoredAsync() => (await _host.Chat.Live.ReadAsync(ChatHost.Grace, _room.Id, default)).Value.Room;

    private static RoomSettings View(IRenderedComponent<RoomScreen> page) => page.FindComponent<RoomPanel>().Instance.View.Frame.Room.Settings;

    private static string? Stamp(IRenderedComponent<RoomScreen> page) => page.Find("kept-field[data-name=instructions]").GetAttribute("data-of");

    private static string Said(IRenderedComponent<RoomScreen> page, string setting) => page.FindAll($"#{setting}-note .setting-said") is [var said, ..] ? said.TextContent : "";

    private static Task TypeAsync(IRenderedComponent<RoomScreen> page, string text) => TypeAsync(page, "#instructions", text);

    private static Task LeaveAsync(IRenderedComponent<RoomScreen> page, string text) => ChangeAsync(page, "#instructions", text);

    private static async Task TypeAndLeaveAsync(IRenderedComponent<RoomScreen> page, string text)
    {
        await TypeAsync(page, text);
        await LeaveAsync(page, text);
    }

    private static IElement Choice(IRenderedComponent<RoomScreen> page, string setting, string value) => page.Find($"input[name={setting}][value={value}]");

    // Found and used in one go: the page may render in between.
    private static Task TypeAsync(IRenderedComponent<RoomScreen> page, string selector, string text) =>
        page.InvokeAsync(() => page.Find(selector).InputAsync(new ChangeEventArgs { Value = text }));

    private static Task ChangeAsync(IRenderedComponent<RoomScreen> page, string selector, object value) =>
        page.InvokeAsync(() => page.Find(selector).ChangeAsync(new ChangeEventArgs { Value = value }));

    private static Task ChooseAsync(IRenderedComponent<RoomScreen> page, string setting, string value) =>
        setting == "overlap" ? ChangeAsync(page, "#overlap", value) : ChangeAsync(page, $"input[name={setting}][value={value}]", "on");

    private static IElement Button(IRenderedComponent<RoomScreen> page, string setting, string name) =>
        page.FindAll($"#{setting}-note button").Single(b => b.TextContent == name);

    private static Task ClickAsync(IRenderedComponent<RoomScreen> page, string setting, string name) =>
        page.InvokeAsync(() => Button(page, setting, name).ClickAsync(new()));

    // Refuses changes of rooms, as long as it is told to.
    private sealed class Gatekeeper : IRoomAuthorizer
    {
        private RoomAuthorizer? _others;

        public RoomError? Refused { get; set; }

        public ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken) =>
            permission == RoomPermission.ChangeRoom && Refused is { } refused
                ? ValueTask.FromResult<RoomError?>(refused)
                : _others!.AuthorizeAsync(person, permission, resource, cancellationToken);

        public Gatekeeper Over(IServiceProvider services)
        {
            _others = new RoomAuthorizer(services.GetRequiredService<RoomAccessDirectory>(), services.GetRequiredService<IPeople>());
            return this;
        }
    }
}
