using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>While the server is away, the page is never left for the browser's own error and no control is silent: what can be done afterwards is, and what cannot says so.</summary>
[Collection(RestartTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class ServerAwayTests(ServerAwayTests.SharedApp shared) : IClassFixture<ServerAwayTests.SharedApp>, IAsyncLifetime
{
    private readonly AppFixture _app = shared.App;
    private TcpRelay _relay = null!;
    private BrowserVisitor _ada = null!;
    private string _plansName = null!;
    private string _homeName = null!;
    private string _plans = null!;
    private string _home = null!;

    /// <summary>Each test has people and rooms of its own, so that one application does for all: starting it would be most of the work.</summary>
    public sealed class SharedApp(Chromium chromium) : IAsyncLifetime
    {
        private int _tests;

        public AppFixture App { get; } = new(chromium);

        /// <summary>What tells the names of a test from those of the others.</summary>
        public int NextTest() => ++_tests;

        public Task InitializeAsync() => App.StartAsync();

        public Task DisposeAsync() => App.DisposeAsync().AsTask();
    }

    public async Task InitializeAsync()
    {
        var test = shared.NextTest();
        (_homeName, _plansName) = ($"Home {test}", $"Plans {test}");
        if (!_app.App.IsRunning)
        {
            // The test before this one failed while it was away.
            await _app.StartAsync();
        }

        _relay = new TcpRelay(_app.Port);
        _ada = await _app.JoinAsync($"Ada {test}", _relay);
        await _ada.CreateRoomAsync(_homeName);
        _home = _ada.Page.Url;
        await _ada.CreateRoomAsync(_plansName);
        _plans = _ada.Page.Url;
        await _app.SayAsync(_ada, "Hello");
        await Link(_homeName).ClickAsync();
        await Expect(_ada.Heading).ToHaveTextAsync(_homeName);
        await _ada.ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.LeaveAsync();
        await _relay.DisposeAsync();
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    [InlineData("cut off")]
    public async Task A_room_that_is_opened_while_the_server_is_away_opens_when_it_is_back(string how)
    {
        await _ada.Composer.FillAsync("A draft");
        await LeaveAsync(how);
        await Link(_plansName).ClickAsync();
        await Expect(_ada.Page.GetByText($"{_plansName} opens once you’re connected.")).ToBeVisibleAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("A draft");
        Assert.Equal(_home, _ada.Page.Url);

        await ReturnAsync(how);
        await IsInPlansAsync();
        await _ada.Page.GoBackAsync();
        await Expect(_ada.Heading).ToHaveTextAsync(_homeName);
        await Expect(_ada.Composer).ToHaveValueAsync("A draft");
        Assert.Equal(_home, _ada.Page.Url);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("cut off")]
    [SoakData("stopped")]
    public async Task So_does_one_that_was_gone_back_to(string how)
    {
        await LeaveAsync(how);
        await _ada.Page.GoBackAsync();
        await ReturnAsync(how);
        await IsInPlansAsync();
    }

    [Fact]
    public async Task Who_thinks_again_stays()
    {
        await LeaveAsync("cut off");
        await Link(_plansName).ClickAsync();
        await Expect(_ada.Page.GetByText($"{_plansName} opens once you’re connected.")).ToBeVisibleAsync();
        await Link(_homeName).ClickAsync();
        await Expect(_ada.Page.GetByText("opens once you’re connected.")).ToHaveCountAsync(0);
        await ReturnAsync("cut off");
        await _ada.SendAsync("Still here");
        (await _app.Model.NextAsync()).Finish("So am I");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("So am I");
        Assert.Equal(_home, _ada.Page.Url);
    }

    [Fact]
    public async Task A_click_that_the_server_never_heard_of_counts()
    {
        _relay.Deafen();
        await Link(_plansName).ClickAsync();
        await Expect(_ada.Page).ToHaveURLAsync(_plans);
        _relay.Cut();
        await IsAwayAsync();
        _relay.Mend();
        await IsInPlansAsync();
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("cut off")]
    [SoakData("killed")]
    public async Task What_needs_the_server_says_so_and_what_was_typed_is_sent_afterwards(string how)
    {
        await _app.SayAsync(_ada, "To be edited");
        await _ada.ChooseAsync(_ada.ArticleBy("Ada"), "Edit");
        await EditBox.FillAsync("Half of");
        await Button("Room details").ClickAsync();
        await Instructions.FillAsync("In ver");
        await LeaveAsync(how);

        await EditBox.FillAsync("Half of an edit");
        await Button("Save").ClickAsync();
        await IsToldToWaitAsync();
        await EditBox.PressAsync("Escape");
        await Instructions.FillAsync("In verse");
        var waits = _ada.Page.GetByText("Will be saved once you’re connected.").Filter(new() { Visible = true });
        await Expect(waits).ToHaveCountAsync(1);
        await (await _ada.OpenAdvancedAsync()).SelectOptionAsync("Ask them to wait");
        await Expect(waits).ToHaveCountAsync(1);
        await Button("New room").ClickAsync();
        await _ada.PersonButton.ClickAsync();
        await Button("Leave…").ClickAsync();
        await IsToldToWaitAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        Assert.Equal(_home, _ada.Page.Url);

        await ReturnAsync(how);
        await Expect(_ada.Page.GetByText("Please try that again once you’re connected.")).ToHaveCountAsync(0);
        await _ada.ReadyAsync();
        Assert.Equal(_home, _ada.Page.Url);
        await Expect(EditBox).ToHaveValueAsync("Half of an edit");
        // Its panel is open by itself, at the tab where it was.
        await Expect(_ada.Panel).ToBeVisibleAsync();
        await _ada.OpenPanelAsync();
        await Expect(Instructions).ToHaveValueAsync("In verse");
        await Expect(_ada.Page.GetByText("Saved", new() { Exact = true })).ToHaveCountAsync(2);
        await Button("Save").ClickAsync();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("Half of an edit");
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(Instructions).ToHaveValueAsync("In verse");
        await Expect(await _ada.OpenAdvancedAsync()).ToHaveValueAsync("Drop");
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("cut off")]
    [SoakData("stopped")]
    public async Task Settings_that_were_changed_meanwhile_are_saved_although_the_page_comes_back_in_another_room(string how)
    {
        await Button("Room details").ClickAsync();
        await Expect(Instructions).ToBeVisibleAsync();
        await LeaveAsync(how);
        await Instructions.FillAsync("In verse");
        await (await _ada.OpenAdvancedAsync()).SelectOptionAsync("Ask them to wait");
        await _ada.Panel.GetByText("Built in").ClickAsync();
        await _ada.Page.GetByRole(AriaRole.Switch, new() { Name = "roll_dice" }).UncheckAsync();
        await Expect(_ada.Page.GetByText("Your changes will be saved once you’re connected.")).ToBeVisibleAsync();
        await Link(_plansName).ClickAsync();
        await ReturnAsync(how);
        await IsInPlansAsync();
        await Expect(Instructions).ToHaveCountAsync(0);
        await KeepsNothingAsync();

        await Link(_homeName).ClickAsync();
        await Expect(_ada.Heading).ToHaveTextAsync(_homeName);
        if (how == "killed")
        {
            // A page that was loaded again opens by itself what was open in a room.
            await Expect(_ada.Panel).ToBeVisibleAsync();
        }

        await _ada.OpenPanelAsync();
        await Expect(Instructions).ToHaveValueAsync("In verse");
        await Expect(await _ada.OpenAdvancedAsync()).ToHaveValueAsync("Drop");
        await _ada.Panel.GetByText("Built in").ClickAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Switch, new() { Name = "roll_dice" })).Not.ToBeCheckedAsync();
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("cut off")]
    public async Task Settings_that_someone_else_changed_meanwhile_are_not_overwritten_and_what_was_typed_is_shown_wherever_the_page_comes_back(string how)
    {
        // In the lobby, whose settings everybody may change. The other case has left some there.
        var (mine, changed) = ($"In verse, {_homeName}", $"In prose, {_homeName}");
        await Link("Lobby").ClickAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        await Button("Room details").ClickAsync();
        await Expect(Instructions).ToBeVisibleAsync();
        await LeaveAsync("cut off");
        await Instructions.FillAsync(mine);
        var grace = await _app.JoinAsync($"Grace of {_homeName}");
        var theirs = grace.Page.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" });
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
        await theirs.FillAsync(changed);
        await theirs.BlurAsync();
        await Expect(grace.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        if (how == "killed")
        {
            await _app.App.KillAsync();
            await Link(_plansName).ClickAsync();
            _relay.Mend();
            await _app.StartAsync();
            await Expect(_ada.Heading).ToHaveTextAsync(_plansName);
            var left = _ada.Page.GetByRole(AriaRole.Group, new() { Name = "Setting that was not saved" });
            await Expect(left).ToContainTextAsync("Someone else changed this setting meanwhile.");
            await Expect(left).ToContainTextAsync(mine);
            await Link("Lobby").ClickAsync();
            await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
            await Expect(Instructions).ToBeVisibleAsync();
            await Expect(left).ToBeHiddenAsync();
        }
        else
        {
            _relay.Mend();
        }

        await Expect(_ada.Page.Locator(".contested blockquote")).ToHaveTextAsync(changed);
        await Expect(Instructions).ToHaveValueAsync(mine);
        await Expect(theirs).ToHaveValueAsync(changed);
        await Button("Save mine").ClickAsync();
        await Expect(theirs).ToHaveValueAsync(mine);
        await KeepsNothingAsync();
    }

    [Fact]
    public async Task A_dialog_that_was_open_keeps_what_is_typed_and_can_be_opened_again_after_it_was_closed()
    {
        var dialog = _ada.Page.GetByRole(AriaRole.Dialog);
        var name = dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" });
        await Button("New room").ClickAsync();
        await name.FillAsync("Gar");
        await LeaveAsync("cut off");
        await name.FillAsync("Garden");
        await name.PressAsync("Enter");
        await IsToldToWaitAsync();
        await ReturnAsync("cut off");
        await Expect(_ada.Page.GetByText("Please try that again once you’re connected.")).ToHaveCountAsync(0);
        await name.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("Garden");

        await Button("New room").ClickAsync();
        await Expect(name).ToBeVisibleAsync();
        await LeaveAsync("cut off");
        await name.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await ReturnAsync("cut off");
        await _ada.ReadyAsync();
        await Expect(_ada.Page.Locator("html")).Not.ToHaveAttributeAsync("data-connection", "down");
        await Button("New room").ClickAsync();
        await Expect(name).ToBeVisibleAsync();
        await Expect(name).ToHaveValueAsync("");
    }

    [Theory]
    [InlineData("killed", "New room")]
    [InlineData("stopped", "Rename")]
    [InlineData("cut off", "New room")]
    [SoakData("stopped", "New room")]
    public async Task A_dialog_with_something_typed_is_there_afterwards_on_a_phone_too(string how, string which)
    {
        await _ada.Page.SetViewportSizeAsync(390, 844);
        if (which == "Rename")
        {
            await _ada.ChooseAsync("Rename");
        }
        else
        {
            await Button("Rooms").ClickAsync();
            await Button(which).ClickAsync();
        }

        var dialog = _ada.Page.GetByRole(AriaRole.Dialog);
        var name = dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" });
        await name.FillAsync("Garden");
        await LeaveAsync(how);
        await name.PressAsync("Enter");
        await IsToldToWaitAsync();
        await Expect(name).ToBeVisibleAsync();
        await ReturnAsync(how);
        await Expect(_ada.Page.Locator("html")).Not.ToHaveAttributeAsync("data-connection", "down");
        await Expect(name).ToHaveValueAsync("Garden");
        await name.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("Garden");
        await Expect(dialog).ToHaveCountAsync(0);
        await _app.SayAsync(_ada, "Hello again");
    }

    [Fact]
    public async Task A_page_whose_circuit_had_not_begun_waits_for_the_server_too()
    {
        await _ada.Page.RouteAsync("**/_blazor/**", async route =>
        {
            // The server goes away before the circuit begins.
            _relay.Cut();
            await route.AbortAsync();
        });
        await _ada.Page.ReloadAsync();
        await IsAwayAsync();
        await Link(_plansName).ClickAsync();
        await Expect(_ada.Page.GetByText($"{_plansName} opens once you’re connected.")).ToBeVisibleAsync();
        await _ada.Page.UnrouteAllAsync();
        _relay.Mend();
        await IsInPlansAsync();
    }

    [Fact]
    public async Task Whoever_joins_while_the_server_is_away_has_joined_when_it_is_back()
    {
        await _ada.Context.ClearCookiesAsync();
        await _ada.Page.GotoAsync(_plans);
        var name = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" });
        await name.FillAsync("Bobby");
        await _app.App.KillAsync();
        await _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" }).PressAsync("Enter");
        await Expect(_ada.Page.GetByText("Reconnecting… This will be sent once you’re connected.")).ToBeVisibleAsync();
        await _app.StartAsync();
        await Expect(_ada.Heading).ToHaveTextAsync(_plansName);
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Bobby", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Whoever_chooses_something_else_on_such_a_page_gets_that_alone()
    {
        await _ada.OpenAsync(_plans);
        await _ada.PersonButton.ClickAsync();
        await _ada.Page.GetByRole(AriaRole.Link, new() { Name = "Change name" }).ClickAsync();
        var name = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" });
        await name.FillAsync("Bobby");
        // With its scripts: a page that loses the server before it has them is the browser's.
        await _ada.Page.WaitForLoadStateAsync(LoadState.Load);
        await _app.App.KillAsync();
        await name.PressAsync("Enter");
        await Expect(_ada.Page.GetByText("This will be sent once you’re connected.")).ToBeVisibleAsync();
        await _ada.Page.GetByRole(AriaRole.Link, new() { Name = "Keep the name Ada" }).ClickAsync();
        await Expect(_ada.Page.GetByText("The page you chose opens once you’re connected.")).ToBeVisibleAsync();
        await _app.StartAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Ada" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("killed")]
    [InlineData(null)]
    [SoakData("stopped")]
    public async Task The_name_is_changed_on_a_page_of_its_own_and_the_room_comes_back_afterwards(string? how)
    {
        if (how is not null)
        {
            await LeaveAsync(how);
        }

        await _ada.PersonButton.ClickAsync();
        await _ada.Page.GetByRole(AriaRole.Link, new() { Name = "Change name" }).ClickAsync();
        if (how is not null)
        {
            await Expect(_ada.Page.GetByText("The page you chose opens once you’re connected.")).ToBeVisibleAsync();
            await ReturnAsync(how);
        }

        var name = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" });
        await Expect(name).ToBeVisibleAsync();
        await _ada.Page.GoBackAsync();
        await _ada.ReadyAsync();
        Assert.Equal(_home, _ada.Page.Url);
        await _ada.Page.GoForwardAsync();
        await Expect(name).ToBeVisibleAsync();
        await _ada.Page.GetByRole(AriaRole.Link, new() { Name = "Keep the name Ada" }).ClickAsync();
        await _ada.ReadyAsync();

        // Such a page comes back like any other.
        await LeaveAsync("killed");
        await Link(_plansName).ClickAsync();
        await Expect(_ada.Page.GetByText($"{_plansName} opens once you’re connected.")).ToBeVisibleAsync();
        await ReturnAsync("killed");
        await IsInPlansAsync();
    }

    private ILocator EditBox => _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });

    private ILocator Instructions => _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Instructions" });

    private ILocator Button(string name) => _ada.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private ILocator Link(string room) => _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = room, Exact = true });

    private async Task LeaveAsync(string how)
    {
        switch (how)
        {
            case "killed":
                await _app.App.KillAsync();
                break;
            case "stopped":
                Assert.Equal(0, await _app.App.StopAsync());
                break;
            default:
                _relay.Cut();
                break;
        }

        await IsAwayAsync();
    }

    private async Task KeepsNothingAsync() =>
        await _ada.Page.WaitForFunctionAsync("() => !Object.keys(sessionStorage).some(key => key.includes(':field:'))");

    private Task IsToldToWaitAsync() => Expect(_ada.Page.GetByText("Please try that again once you’re connected.")).ToBeVisibleAsync();

    private Task IsAwayAsync() => Expect(_ada.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");

    private async Task ReturnAsync(string how)
    {
        if (how == "cut off")
        {
            _relay.Mend();
        }
        else
        {
            await _app.StartAsync();
        }
    }

    private async Task IsInPlansAsync()
    {
        await Expect(_ada.Heading).ToHaveTextAsync(_plansName);
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("You said: Hello");
        await _ada.ReadyAsync();
        Assert.Equal(_plans, _ada.Page.Url);
        await _app.SayAsync(_ada, "And now?");
    }
}
