using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Where WebSockets are refused, or connections are cut again and again, pages are live all the same and lose nothing.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PoorConnectionTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);

    // Behind a proxy, guests are let in only where a setting says so.
    public Task InitializeAsync() => _app.HostAsync(("Accounts__Guests", "true"));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Behind_proxies_that_refuse_WebSockets_people_see_each_others_answers_token_by_token()
    {
        var app = _app.Address.Authority;
        await using var nginx = await ReverseProxy.NginxAsync($"location / {{ proxy_pass http://{app}; proxy_set_header Host $http_host; }}");
        await using var caddy = await ReverseProxy.CaddyAsync($"@socket header Upgrade websocket\n  respond @socket 403\n  reverse_proxy {app}");
        var polls = 0;
        await using var ada = await BrowserVisitor.JoinByPageAsync(chromium.Browser, nginx.Address, "Ada", look: CountAsync);
        await using var grace = await BrowserVisitor.JoinByPageAsync(chromium.Browser, caddy.Address, "Grace", look: CountAsync);
        await ada.SendAsync("Hello");
        await Expect(grace.ArticleBy("Ada")).ToContainTextAsync("Hello");
        var response = await _app.Model.NextAsync();
        foreach (var word in new[] { "One ", "two ", "three " })
        {
            response.Say(word);
            foreach (var visitor in new[] { ada, grace })
            {
                await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync(word.Trim());
                await Expect(visitor.ArticleBy("Demo")).ToHaveAttributeAsync("aria-busy", "true");
            }
        }

        response.Finish("The end.");
        await Expect(grace.ArticleBy("Demo")).ToContainTextAsync("One two three The end.");
        await grace.SendAsync("Thanks");
        await Expect(ada.ArticleBy("Grace")).ToContainTextAsync("Thanks");
        (await _app.Model.NextAsync()).Finish("You are welcome.");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("You are welcome.");
        Assert.InRange(polls, 10, 1_000);

        Task CountAsync(IPage page)
        {
            page.Request += (_, request) => polls += request.Method == "GET" && request.Url.Contains("/_blazor?id=", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_connection_that_is_cut_every_few_tokens_loses_nothing()
    {
        await using var relay = new TcpRelay(_app.Address.Port);
        var ada = await _app.JoinAsync("Ada", relay);
        var grace = await _app.JoinAsync("Grace");
        await ada.SendAsync("Tell me everything");
        var response = await _app.Model.NextAsync();
        for (var part = 1; part <= 9; part++)
        {
            response.Say($"part {part}, ");
            if (part % 3 == 0)
            {
                relay.Cut();
                if (part == 6)
                {
                    await ada.Composer.FillAsync("Written while it was cut");
                    await ada.Composer.PressAsync("Enter");
                }

                response.Say("said while it was cut, ");
                relay.Mend();
            }
            else
            {
                await Expect(ada.ArticleBy("Demo")).ToContainTextAsync($"part {part},");
            }
        }

        response.Finish("and no more.");
        await Expect(ada.ArticleBy("Demo").First).ToContainTextAsync("part 9, said while it was cut, and no more.");
        await Expect(grace.ArticleBy("Ada").Last).ToContainTextAsync("Written while it was cut");
        (await _app.Model.NextAsync()).Finish("Read.");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Read.");
        await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync("Read.");
        Assert.Equal(await grace.Articles.AllInnerTextsAsync(), await ada.Articles.AllInnerTextsAsync());
        await Expect(grace.ArticleBy("Ada")).ToHaveCountAsync(2);
    }
}
