using System.Diagnostics;
using BlazorChat.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A stop has a time in which it ends: beside other tests, the pages would be what takes longer.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class AloneInBrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "Alone in a browser";
}

/// <summary>What a planned restart is, with everything open at once.</summary>
[Collection(AloneInBrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PlannedRestartTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private static readonly (string, string) Continue = ("Assistants__Items__0__Recovery", "Continue");

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Six_pages_and_an_answer_go_through_a_restart_without_a_reload_each_with_what_was_its_own()
    {
        await _app.StartAsync(Continue);
        var ada = await _app.JoinAsync("Ada");
        await ada.SendAsync("A long story, please");
        var response = await _app.Model.NextAsync();
        response.Say("It begins. ");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("It begins.");
        var tabs = new List<BrowserVisitor> { ada };
        while (tabs.Count < 5)
        {
            tabs.Add(await ada.NewTabAsync());
        }

        var pages = new List<OpenPage>();
        foreach (var tab in tabs)
        {
            pages.Add(await OpenPage.WatchAsync(tab));
            await pages[^1].LeaveThingsOpenAsync(tab: $" of tab {pages.Count}");
        }

        var reader = await ada.NewTabAsync();
        await reader.CreateRoomAsync("Long");
        await reader.FillAsync(60);
        pages.Add(await OpenPage.WatchAsync(reader));
        await pages[^1].LeaveThingsOpenFarUpAsync(" of the reader");
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await _app.App.StopAsync());
        Assert.True(clock.Elapsed < LongestStop, $"The stop took {clock.Elapsed}.");
        foreach (var page in pages)
        {
            await page.IsWaitingAsync();
        }

        await _app.StartAsync(Continue);
        foreach (var page in pages)
        {
            await page.IsResumedAsync();
        }

        await pages[^1].IsAtItsPlaceAsync();
        (await _app.Model.NextAsync()).Finish("It goes on.");
        foreach (var tab in tabs)
        {
            await Expect(tab.ArticleBy("Demo")).ToContainTextAsync("It goes on.");
            await Expect(tab.ArticleBy("Demo")).ToContainTextAsync("It begins.");
        }
    }
}
