using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A page whose scripts did not all arrive, because the server went away meanwhile, is not dead: it loads again.</summary>
[Collection(RestartTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class CutPageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private TcpRelay _relay = null!;
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _relay = new TcpRelay(_app.Port);
        _ada = await _app.JoinAsync("Ada", _relay);
        await _app.SayAsync(_ada, "Hello");
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task One_whose_scripts_were_cut_loads_again()
    {
        // Its last script is asked for when the others have arrived, as far as they will.
        var first = _ada.Page.WaitForResponseAsync(response => response.Url.Contains("/whole.", StringComparison.Ordinal));
        await _ada.Page.RouteAsync("**/blazor.web*.js", async route =>
        {
            await (await first).FinishedAsync();
            _relay.Cut();
            await route.ContinueAsync();
        }, new() { Times = 1 });
        await _ada.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.Commit });
        await Expect(_ada.Page.GetByText("This page did not load completely")).ToBeVisibleAsync();
        _relay.Mend();
        await _ada.ReadyAsync();
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("You said: Hello");
        await _app.SayAsync(_ada, "And now?");
    }

    [Fact]
    public async Task One_whose_scripts_never_come_says_so_and_does_not_load_again_for_ever()
    {
        await _ada.Page.RouteAsync("**/boot*.js", route => route.AbortAsync());
        await _ada.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.Commit });
        await Expect(_ada.Page.GetByText("something keeps its scripts away")).ToBeVisibleAsync();
    }
}
