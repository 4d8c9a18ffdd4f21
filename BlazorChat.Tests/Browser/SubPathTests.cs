using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Below a path of somebody else's host name, behind the proxies that people use, whether they take the path off or keep it.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class SubPathTests(Chromium chromium) : IAsyncLifetime
{
    private const string Upgrade = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;";

    private readonly AppFixture _app = new(chromium);

    // Behind a proxy, guests are let in only where a setting says so.
    public Task InitializeAsync() => _app.HostAsync(("PathBase", "/chat"), ("Accounts__Guests", "true"));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("nginx", "the path is taken off")]
    [InlineData("nginx", "the path is kept")]
    [InlineData("nginx", "the path is taken off and the host is changed")]
    [InlineData("Caddy", "the path is taken off")]
    [InlineData("Caddy", "the path is kept")]
    public async Task People_join_write_come_back_and_leave(string proxy, string how)
    {
        await using var front = await StartAsync(proxy, how);
        var address = new Uri(front.Address, "/chat/");
        await using var ada = await BrowserVisitor.JoinByPageAsync(chromium.Browser, address, "Ada");
        Assert.StartsWith($"{address}rooms/", ada.Page.Url, StringComparison.Ordinal);
        await _app.SayAsync(ada, "Hello");

        await ada.Page.ReloadAsync();
        await ada.ReadyAsync();
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("You said: Hello");
        await ada.CreateRoomAsync("Compilers");
        Assert.StartsWith($"{address}rooms/", ada.Page.Url, StringComparison.Ordinal);
        await ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby" }).ClickAsync();
        await Expect(ada.Heading).ToHaveTextAsync("Lobby");
        Assert.Empty(ada.Complaints);
        await ada.Page.GotoAsync(address.ToString().TrimEnd('/'));
        await ada.ReadyAsync();
        await Expect(ada.Heading).ToHaveTextAsync("Lobby");

        Assert.All(await ada.Context.CookiesAsync(), cookie => Assert.StartsWith("/chat", cookie.Path, StringComparison.Ordinal));
        // The address that was typed is the only one without a slash at its end.
        Assert.Equal([$"request to {address.ToString().TrimEnd('/')}"], ada.Complaints);

        // Leaving ends the page's connection, which the browser may still notice before it goes.
        await ada.PersonButton.ClickAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        // She decides about her room first.
        await Expect(ada.Page).ToHaveURLAsync(new Regex($"^{Regex.Escape(address.ToString())}account/leave\\??$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await ada.Page.GetByText("Delete room…").ClickAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Delete room Compilers" }).ClickAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Leave", Exact = true }).ClickAsync();
        await Expect(ada.Page).ToHaveURLAsync($"{address}join");
    }

    [Fact]
    public async Task A_page_whose_circuit_is_refused_says_why_and_does_not_load_itself_again()
    {
        var app = _app.Address.Authority;
        // As it arrives when a proxy leads two of its sites to one server.
        await using var front = await ReverseProxy.NginxAsync(
            $"location / {{ proxy_pass http://{app}; proxy_set_header Host $http_host; }} location /chat/_blazor {{ proxy_pass http://{app}; {Upgrade} proxy_set_header Host $http_host; proxy_set_header Sec-Fetch-Site same-site; }}");
        await using var ada = await BrowserVisitor.VisitByPageAsync(chromium.Browser, new Uri(front.Address, "/chat/"), "Ada");
        await Expect(ada.Page.Locator("[data-connection-text]")).ToContainTextAsync("only this server’s own pages may do that");
        var loaded = 0;
        ada.Page.Request += (_, request) => loaded += request.IsNavigationRequest ? 1 : 0;
        await ada.Page.ReloadAsync();
        await Expect(ada.Page.Locator("[data-connection-text]")).ToContainTextAsync("only this server’s own pages may do that");
        Assert.Equal(1, loaded);
    }

    private Task<ReverseProxy> StartAsync(string proxy, string how)
    {
        var app = _app.Address.Authority;
        return (proxy, how) switch
        {
            ("nginx", "the path is taken off") =>
                ReverseProxy.NginxAsync($"location /chat/ {{ proxy_pass http://{app}/; {Upgrade} proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Prefix /chat; }}"),
            ("nginx", "the path is kept") => ReverseProxy.NginxAsync($"location /chat {{ proxy_pass http://{app}; {Upgrade} proxy_set_header Host $http_host; }}"),
            ("nginx", _) => ReverseProxy.NginxAsync($"location /chat/ {{ proxy_pass http://{app}/; {Upgrade} }}"),
            (_, "the path is taken off") => ReverseProxy.CaddyAsync($"redir /chat /chat/\n  handle_path /chat/* {{\n    reverse_proxy {app}\n  }}"),
            _ => ReverseProxy.CaddyAsync($"reverse_proxy /chat* {app}"),
        };
    }
}
