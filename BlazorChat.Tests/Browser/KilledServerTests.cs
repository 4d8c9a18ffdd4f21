using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BlazorChat.Messages;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>The real process is killed and comes back; so do the pages, by themselves.</summary>
[Collection(KillTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class KilledServerTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly TimeSpan JournalInterval = TimeSpan.FromMilliseconds(250);

    // From the model's socket to the journal's commit on a busy machine; beside the interval, not part of it.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(750);

    private readonly AppFixture _app = new(chromium);

    public async Task InitializeAsync() => await _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Killed_time_and_again_in_the_middle_of_an_answer_nothing_acknowledged_is_lost()
    {
        var kills = Soak.Times(3, 20);
        const int LongestAnswerInMilliseconds = 2_500;
        var random = new Random(20);
        var killsThatCouldLoseSomething = 0;
        var ada = await _app.JoinAsync("Ada");
        for (var kill = 1; kill <= kills; kill++)
        {
            await ada.SendAsync($"Question {kill}");
            await Expect(ada.ArticleBy("Ada").Last).ToContainTextAsync($"Question {kill}");
            var response = await _app.Model.NextAsync();
            var (said, killedAt) = await SpeakUntilKilledAsync(response, TimeSpan.FromMilliseconds(random.Next(LongestAnswerInMilliseconds)));

            await _app.StartAsync();
            await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Interrupted");
            var stored = await ReadMessagesAsync();
            Assert.Equal(Enumerable.Range(1, kill).Select(i => $"Question {i}"), stored.Where(m => m.Author.Kind == AuthorKind.Person).Select(m => m.Text));
            var interrupted = stored[^1];
            Assert.Equal(MessageStatus.Interrupted.Instance, interrupted.Status);
            killsThatCouldLoseSomething += AssertOnlyTheLastIntervalIsLost(said, killedAt, interrupted.Text) ? 1 : 0;

            await ada.ReadyAsync();
            await ada.ArticleBy("Demo").Last.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
            (await _app.Model.NextAsync()).Finish($"Answer {kill}");
            await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync($"Answer {kill}");
            await Expect(ada.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("aria-busy", "true");
        }

        Assert.DoesNotContain(await ReadMessagesAsync(), m => m.Status is MessageStatus.Streaming);
        Assert.True(killsThatCouldLoseSomething >= (kills + 3) / 4, $"Only {killsThatCouldLoseSomething} of {kills} kills came late enough to lose something.");
    }

    [Fact]
    public async Task On_a_busy_machine_a_kill_takes_back_at_most_two_intervals_of_what_a_viewer_had_seen()
    {
        var kills = Soak.Times(5, 200);
        var longestAnswerInMilliseconds = Soak.Times(1_500, 2_500);
        var random = new Random(40);
        var killsThatHadShownSomething = 0;
        var ada = await _app.JoinAsync("Ada");
        for (var kill = 1; kill <= kills; kill++)
        {
            await NoteWhatIsShownAsync(ada.Page);
            await ada.SendAsync($"Question {kill}");
            var response = await _app.Model.NextAsync();
            List<(string Token, TimeSpan At)> said;
            using (BusyMachine.Begin(_app.Folder))
            {
                (said, _) = await SpeakUntilKilledAsync(response, TimeSpan.FromMilliseconds(500 + random.Next(longestAnswerInMilliseconds)));
            }

            var shown = await ReadWhatWasShownAsync(ada.Page);
            var seen = shown.Length == 0 ? 0 : shown[^1].Tokens;
            await _app.StartAsync();
            await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Interrupted");
            var kept = TokensIn((await ReadMessagesAsync())[^1].Text);
            if (seen > kept)
            {
                // From the first token that is lost to the last one that was seen: when the page showed them or, because a browser on a
                // busy machine draws late what came in time, when the model said them.
                var byThePage = TimeSpan.FromMilliseconds(shown[^1].At - shown.First(s => s.Tokens > kept).At);
                var byTheModel = said[seen - 1].At - said[kept].At;
                var lost = byThePage < byTheModel ? byThePage : byTheModel;
                Assert.True(lost <= JournalInterval * 2, $"Kill {kill}: {byThePage.TotalMilliseconds:n0} ms of what the page had shown were lost, said in {byTheModel.TotalMilliseconds:n0} ms ({seen} tokens seen, {kept} kept).");
            }

            killsThatHadShownSomething += seen > 0 ? 1 : 0;
            await ada.ReadyAsync();
        }

        Assert.True(killsThatHadShownSomething >= kills / 2, $"Only in {killsThatHadShownSomething} of {kills} kills the page had shown something.");
    }

    [Fact]
    public async Task After_a_clean_restart_open_pages_come_back_by_themselves_in_the_same_room_with_their_draft()
    {
        var ada = await _app.JoinAsync("Ada");
        await ada.CreateRoomAsync("Plans");
        var url = ada.Page.Url;
        await ada.SendAsync("Hello");
        (await _app.Model.NextAsync()).Finish("Hi");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Hi");
        await ada.Composer.FillAsync("A draft");

        Assert.Equal(0, await _app.App.StopAsync());
        await _app.StartAsync();

        await ada.ReadyAsync();
        Assert.Equal(url, ada.Page.Url);
        await Expect(ada.Composer).ToHaveValueAsync("A draft");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Hi");
        await ada.Composer.PressAsync("Enter");
        (await _app.Model.NextAsync()).Finish("Welcome back");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Welcome back");
    }

    [Fact]
    public async Task What_is_written_while_the_server_is_away_is_sent_once_when_it_is_back()
    {
        var ada = await _app.JoinAsync("Ada");
        await _app.App.KillAsync();
        await ada.Composer.FillAsync("Are you there?");
        await ada.Composer.PressAsync("Enter");
        await Expect(ada.Page.GetByText("Waiting to be sent").Or(ada.Page.GetByText("Sending")).First).ToBeVisibleAsync();
        await _app.StartAsync();

        var response = await _app.Model.NextAsync();
        response.Finish("I am");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("I am");
        await Expect(ada.ArticleBy("Ada")).ToHaveCountAsync(1);
        Assert.Equal("Are you there?", Assert.Single(await ReadMessagesAsync(), m => m.Author.Kind == AuthorKind.Person).Text);
    }

    private async Task<(List<(string Token, TimeSpan At)> Said, TimeSpan KilledAt)> SpeakUntilKilledAsync(LiveAnswer response, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var said = new List<(string, TimeSpan)>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (clock.Elapsed < duration && await pace.WaitForNextTickAsync())
        {
            var token = $"t{said.Count} ";
            response.Say(token);
            said.Add((token, clock.Elapsed));
        }

        var at = clock.Elapsed;
        await _app.App.KillAsync();
        return (said, at);
    }

    /// <summary>From now on the page notes how many of the next response's tokens it shows, and since when.</summary>
    private static async Task NoteWhatIsShownAsync(IPage page) => await page.EvaluateAsync("""
        () => {
            // The log shows the newest messages alone, so counting them does not find the next one.
            const earlier = new Set([...document.querySelectorAll('article')].map(a => a.id));
            window.shown = [];
            window.shownObserver?.disconnect();
            window.shownObserver = new MutationObserver(() => {
                const answer = [...document.querySelectorAll('article.assistant')].find(a => !earlier.has(a.id));
                const tokens = (answer?.innerText.match(/\bt\d+\b/g) ?? []).length;
                if (tokens > (window.shown.at(-1)?.tokens ?? 0)) {
                    window.shown.push({ tokens, at: performance.now() });
                }
            });
            window.shownObserver.observe(document.body, { subtree: true, childList: true, characterData: true });
        }
        """);

    /// <summary>For each time when the page showed more: how many tokens, and when, in milliseconds.</summary>
    private static Task<Shown[]> ReadWhatWasShownAsync(IPage page) => page.EvaluateAsync<Shown[]>("window.shown");

    /// <summary>How many of "t0 t1 t2 …" a text has.</summary>
    private static int TokensIn(string text)
    {
        var numbers = Regex.Matches(text, @"\bt(?<number>\d+)\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return numbers.Count == 0 ? 0 : numbers.Max(n => int.Parse(n.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)) + 1;
    }

    /// <summary>Whether there was anything that had to be kept.</summary>
    private static bool AssertOnlyTheLastIntervalIsLost(List<(string Token, TimeSpan At)> said, TimeSpan killedAt, string kept)
    {
        Assert.StartsWith(kept, string.Concat(said.Select(s => s.Token)), StringComparison.Ordinal);
        var mustBeThere = string.Concat(said.Where(s => s.At < killedAt - JournalInterval - OnTheWay).Select(s => s.Token));
        Assert.StartsWith(mustBeThere, kept, StringComparison.Ordinal);
        return mustBeThere.Length > 0;
    }

    private async Task<List<Message>> ReadMessagesAsync()
    {
        var options = new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite($"Data Source={Path.Combine(_app.Folder, "blazorchat.db")};Pooling=False").Options;
        await using var db = new SqliteChatDbContext(options);
        return (await db.Messages.AsNoTracking().OrderBy(m => m.RoomId).ThenBy(m => m.Sequence).ToListAsync()).ConvertAll(m => m.ToMessage());
    }

    private sealed record Shown
    {
        public int Tokens { get; init; }

        public double At { get; init; }
    }
}
