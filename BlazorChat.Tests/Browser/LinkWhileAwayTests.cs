using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Whoever opens a room while the server is away is in it when the server is back: the page is never left for the browser's own error.</summary>
[Collection(RestartTests.Name)]
public sealed class LinkWhileAwayTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private TcpRelay _relay = null!;
    private Visitor _ada = null!;
    private string _plans = null!;
    private string _lobby = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _relay = new TcpRelay(_app.Port);
        _ada = await _app.JoinAsync("Ada", _relay);
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        _lobby = _ada.Page.Url;
        await _ada.CreateRoomAsync("Plans");
        _plans = _ada.Page.Url;
        await _app.SayAsync(_ada, "Hello");
        await Link("Lobby").ClickAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        await _ada.ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
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
        await Link("Plans").ClickAsync();
        await Expect(_ada.Page.GetByText("Plans opens after that.")).ToBeVisibleAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("A draft");
        Assert.Equal(_lobby, _ada.Page.Url);

        await ReturnAsync(how);
        await IsInPlansAsync();
        await _ada.Page.GoBackAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        await Expect(_ada.Composer).ToHaveValueAsync("A draft");
        Assert.Equal(_lobby, _ada.Page.Url);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    [InlineData("cut off")]
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
        await Link("Plans").ClickAsync();
        await Expect(_ada.Page.GetByText("Plans opens after that.")).ToBeVisibleAsync();
        await Link("Lobby").ClickAsync();
        await Expect(_ada.Page.GetByText("opens after that.")).ToHaveCountAsync(0);
        await ReturnAsync("cut off");
        await _ada.SendAsync("Still here");
        (await _app.Model.NextAsync()).Finish("So am I");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("So am I");
        Assert.Equal(_lobby, _ada.Page.Url);
    }

    [Fact]
    public async Task A_click_that_the_server_never_heard_of_counts()
    {
        _relay.Deafen();
        await Link("Plans").ClickAsync();
        await Expect(_ada.Page).ToHaveURLAsync(_plans);
        _relay.Cut();
        await IsAwayAsync();
        _relay.Mend();
        await IsInPlansAsync();
    }

    [Fact]
    public async Task Who_wants_to_leave_is_told_to_wait()
    {
        await LeaveAsync("cut off");
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = ", your menu" }).ClickAsync();
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Leave", Exact = true }).ClickAsync();
        await Expect(_ada.Page.GetByText("That has to wait.")).ToBeVisibleAsync();
        await ReturnAsync("cut off");
        await _ada.ReadyAsync();
        await Expect(_ada.Page.GetByText("That has to wait.")).ToHaveCountAsync(0);
        Assert.Equal(_lobby, _ada.Page.Url);
    }

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
        await Expect(_ada.Heading).ToHaveTextAsync("Plans");
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("You said: Hello");
        await _ada.ReadyAsync();
        Assert.Equal(_plans, _ada.Page.Url);
        await _app.SayAsync(_ada, "And now?");
    }
}
