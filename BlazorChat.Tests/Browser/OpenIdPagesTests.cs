using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Rooms;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Two people of one OpenID provider in two browsers: what ends there ends on the page that is open here.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class OpenIdPagesTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private TestProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await TestProvider.StartAsync();

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_group_that_ends_there_ends_the_room_here_within_a_second_of_the_check_and_the_draft_is_kept()
    {
        // Groups are for rooms that exist.
        await _app.HostAsync();
        var olga = (await _app.Services.GetRequiredService<PersonSessions>().JoinAsync("Olga", default)).Value;
        var room = (await _app.Services.GetRequiredService<RoomService>().CreateAsync(olga, "Compilers", default, RoomVisibility.Private)).Value;
        await _app.RestartAsync(
            ("Accounts__Guests", "false"), ("OpenIdConnect__Company__Authority", _provider.Address.ToString()), ("OpenIdConnect__Company__ClientId", TestProvider.ClientId),
            ("OpenIdConnect__Company__ClientSecret", TestProvider.ClientSecret), ("OpenIdConnect__Company__DisplayName", "Example Company"),
            ("OpenIdConnect__Company__CreateAccounts", "true"), ("OpenIdConnect__Company__RecheckAfter", "00:00:10"),
            ("OpenIdConnect__Company__Rooms__0__Group", "compilers"), ("OpenIdConnect__Company__Rooms__0__Room", room.Id.ToString()));
        var ada = await ComeInAsync("Ada", room.Id);
        var grace = await ComeInAsync("Grace", room.Id);
        var account = _provider.Current;
        await Expect(ada.Page.GetByText("Private · 3 people")).ToBeVisibleAsync();
        await grace.Composer.FillAsync("Half a thought");
        await grace.Page.EvaluateAsync("""
            () => new MutationObserver(() => { if (!window.ended && document.querySelector('.notice-page')) { window.ended = Date.now(); } })
                .observe(document.body, { childList: true, subtree: true })
            """);
        var access = _app.Services.GetRequiredService<RoomAccessDirectory>();
        var id = _app.Services.GetRequiredService<PeopleDirectory>().FindByName("Grace")!.Value;
        var left = new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
        access.Changed += (_, _) =>
        {
            if (access.Find(room.Id)?.Members.ContainsKey(id) == false)
            {
                left.TrySetResult(TimeProvider.System.GetUtcNow());
            }
        };

        account.Groups = [];

        await Expect(grace.Heading).ToHaveTextAsync("You can no longer see this room", new() { Timeout = (float)Guard.Patience.TotalMilliseconds });
        var ended = await grace.Page.EvaluateAsync<double>("window.ended");
        Assert.InRange(ended - (await left.Task).ToUnixTimeMilliseconds(), -1, 1000);
        await Expect(grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Compilers", Exact = true })).ToHaveCountAsync(0);
        await Expect(ada.Page.GetByText("Private · 2 people")).ToBeVisibleAsync();
        await grace.Page.GotoAsync(new Uri(_app.Address, $"/rooms/{room.Id}").ToString());
        await Expect(grace.Page.GetByText("Draft in Compilers. You can no longer see this room.")).ToBeVisibleAsync();

        // The account itself ends there, and so does the session here.
        account.IsGone = true;
        await Expect(grace.Heading).ToHaveTextAsync("You are signed out", new() { Timeout = (float)Guard.Patience.TotalMilliseconds });
        await ada.SendAsync("Who is left?");
        (await _app.Model.NextAsync()).Finish("You are.");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("You are.");
        // The provider is another server, by design.
        Assert.All(ada.Complaints, complaint => Assert.Contains(_provider.Address.ToString(), complaint, StringComparison.Ordinal));
    }

    private async Task<BrowserVisitor> ComeInAsync(string name, Guid roomId)
    {
        var account = _provider.SignIn(name);
        (account.Name, account.Email, account.Session, account.Groups) = (name, $"{name}@example.org", name, ["compilers"]);
        var visitor = await _app.VisitAsync(name);
        await visitor.Page.GotoAsync(new Uri(_app.Address, $"/rooms/{roomId}").ToString());
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Continue with Example Company" }).ClickAsync();
        await Expect(visitor.Heading).ToHaveTextAsync("Compilers");
        await visitor.ReadyAsync();
        return visitor;
    }
}
