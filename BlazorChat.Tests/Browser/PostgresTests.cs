using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>The whole application on PostgreSQL, as people use it.</summary>
[Collection(KillTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class PostgresTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private TestData _data = null!;

    public async Task InitializeAsync() => _app.Data = _data = await TestData.CreateAsync(TestDatabase.PostgreSQL);

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _data.DisposeAsync();
    }

    [Fact]
    public async Task Two_people_talk_through_a_restart_and_a_kill_and_lose_nothing()
    {
        await _app.StartAsync();
        var ada = await _app.JoinByPageAsync("Ada");
        var grace = await _app.JoinByPageAsync("Grace");
        await ada.SendAsync("Hello");
        (await _app.Model.NextAsync()).Finish("Hi both");
        await Expect(grace.ArticleBy("Demo")).ToContainTextAsync("Hi both");

        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();
        await grace.ReadyAsync();
        await grace.SendAsync("Still there?");
        var response = await _app.Model.NextAsync();
        response.Say("One, two, ");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("One, two,");
        await JournaledAsync();
        await _app.App.KillAsync();
        await _app.StartAsync();

        foreach (var visitor in new[] { ada, grace })
        {
            await visitor.ReadyAsync();
            await Expect(visitor.ArticleBy("Demo").First).ToContainTextAsync("Hi both");
            await Expect(visitor.ArticleBy("Demo").Last).ToContainTextAsync("One, two,");
            await Expect(visitor.ArticleBy("Demo").Last).ToContainTextAsync("Interrupted");
        }

        await using var db = _data.Open();
        Assert.Equal(["Hello", "Hi both", "Still there?", "One, two, "], (await db.Messages.AsNoTracking().OrderBy(m => m.Sequence).ToListAsync()).ConvertAll(m => m.ToMessage().Text));
        Assert.False(await db.Messages.AnyAsync(m => m.Status == BlazorChat.Storage.StoredStatus.Streaming));
        // Whoever can read its output knows neither who connects nor to what.
        Assert.DoesNotContain(_data.Name!, _app.App.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.User, _app.App.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_data.Folder));
    }

    private async Task JournaledAsync()
    {
        using var patience = new CancellationTokenSource(Guard.Patience);
        await using var db = _data.Open();
        while (string.Concat(await db.Journal.OrderBy(p => p.Ordinal).Select(p => p.Text).ToListAsync(patience.Token)) != "One, two, ")
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
