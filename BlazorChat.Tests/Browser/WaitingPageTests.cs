using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A page that the server does not connect yet, because there are too many, says why and connects by itself.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class WaitingPageTests(Chromium chromium) : IAsyncLifetime
{
    // So that nobody waits for seconds.
    private const string Hurry = "{ const { setTimeout } = window; window.setTimeout = (run, ms, ...rest) => setTimeout(run, ms > 4000 ? ms / 20 : ms, ...rest); }";

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => _app.HostAsync(("Web__Pages__MaxPerPerson", "2"));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task One_page_too_many_waits_for_a_place_and_keeps_what_is_typed_meanwhile()
    {
        var ada = await _app.JoinAsync("Ada");
        var second = await ada.NewTabAsync();
        var third = await ada.Context.NewPageAsync();
        await third.AddInitScriptAsync(Hurry);
        await third.GotoAsync(ada.Page.Url);
        await Expect(third.GetByText("You have too many pages open. This page connects by itself when you close others.")).ToBeVisibleAsync();
        var composer = third.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });
        await composer.FillAsync("Typed while waiting");

        await second.Page.GotoAsync("about:blank");
        await Expect(third.Locator("chat-composer[data-connected]")).ToBeAttachedAsync();
        await Expect(third.GetByText("You have too many pages open.")).ToBeHiddenAsync();
        await Expect(composer).ToHaveValueAsync("Typed while waiting");
        await composer.PressAsync("Enter");
        await Expect(ada.ArticleBy("Ada")).ToContainTextAsync("Typed while waiting");
    }

    [Fact]
    public async Task A_page_that_may_not_ask_for_a_connection_yet_asks_again_and_so_does_one_that_comes_back()
    {
        var grace = await _app.JoinAsync("Grace");
        foreach (var isBack in new[] { false, true })
        {
            var refused = 0;
            await grace.Page.RouteAsync("**/_blazor/negotiate**", route => Interlocked.Increment(ref refused) > 2 ? route.ContinueAsync() : route.FulfillAsync(new()
            {
                Status = 429,
                ContentType = "text/plain; charset=utf-8",
                Headers = [KeyValuePair.Create("Retry-After", "1")],
                Body = "Too many pages have been opened from your network in a short time.",
            }));
            if (isBack)
            {
                await grace.Page.EvaluateAsync("() => Blazor._internal.forceCloseConnection()");
            }
            else
            {
                await grace.Page.ReloadAsync();
            }

            await Expect(grace.Page.GetByText("Too many pages have been opened from your network in a short time.")).ToBeVisibleAsync();
            await Expect(grace.Page.Locator("html")).Not.ToHaveAttributeAsync("data-connection", "down");
            await grace.ReadyAsync();
            Assert.InRange(refused, 3, 20);
            await grace.SendAsync($"Here, {isBack}");
            await Expect(grace.ArticleBy("Grace").Last).ToContainTextAsync($"Here, {isBack}");
            await grace.Page.UnrouteAllAsync();
        }
    }
}
