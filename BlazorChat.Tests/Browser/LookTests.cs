using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Boxes, sizes and colors of a conversation: what a reader sees without looking for it.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class LookTests(Chromium chromium) : IAsyncLifetime
{
    // The measurements of what is named, in px, by the browser.
    private const string Measure = """
        () => {
          const box = e => e.getBoundingClientRect();
          const style = (e, name) => getComputedStyle(e)[name];
          const articles = [...document.querySelectorAll('.log-content > article')];
          const [question, answer, next, more] = articles;
          const text = article => article.querySelector('.blocks');
          const bottom = article => Math.max(...[...article.querySelectorAll('.blocks > *')].map(e => box(e).bottom));
          const top = article => Math.min(...[...article.children].filter(e => style(e, 'position') !== 'absolute' && box(e).height > 0).map(e => box(e).top));
          const avatar = article => article.querySelector(':scope > .avatar');
          const size = e => `${parseFloat(style(e, 'fontSize'))}/${Math.round(parseFloat(style(e, 'lineHeight')))}`;
          const luminance = color => {
            const [r, g, b] = color.match(/[\d.]+/g).map(Number).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const paper = style(document.documentElement, 'backgroundColor');
          return {
            paper,
            people: size(text(question)),
            page: size(text(answer)),
            time: parseFloat(style(question.querySelector('time'), 'fontSize')),
            name: `${parseFloat(style(question.querySelector('.author'), 'fontSize'))}/${style(question.querySelector('.author'), 'fontWeight')}`,
            title: `${parseFloat(style(document.querySelector('h1'), 'fontSize'))}/${style(document.querySelector('h1'), 'fontWeight')}`,
            measure: box(text(answer)).width,
            inGroup: top(more) - bottom(next),
            toAnswer: top(answer) - bottom(question),
            toNext: top(next) - bottom(answer),
            personIsRound: parseFloat(style(avatar(question), 'borderTopLeftRadius')) >= box(avatar(question)).width / 2,
            assistantIsRound: parseFloat(style(avatar(answer), 'borderTopLeftRadius')) >= box(avatar(answer)).width / 2,
            beside: box(text(answer)).left >= box(avatar(answer)).right,
            ink: contrast(style(text(answer), 'color'), paper),
            faint: contrast(style(question.querySelector('time'), 'color'), paper),
            send: box(document.querySelector('[data-send]')).width,
            composer: box(document.querySelector('.composer-box')).height,
            head: box(document.querySelector('.room-head')).height,
            actions: style(articles.filter(a => a.classList.contains('assistant')).at(-1).querySelector('.actions'), 'opacity'),
          };
        }
        """;

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => _app.HostAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280, "rgb(255, 255, 255)")]
    [InlineData(ColorScheme.Dark, 390, "rgb(22, 24, 26)")]
    public async Task A_conversation_is_exchanges_of_lines_and_pages(ColorScheme scheme, int width, string paper)
    {
        var ada = await _app.JoinAsync("Ada", scheme, width);
        await Shots.TakeAsync(ada.Page, "empty room");
        await ada.SendAsync("How does a hash table work?");
        var first = await _app.Model.NextAsync();
        await ada.SendAsync("With a small example, please.");
        await ada.SendAsync("And one of a collision.");
        await Expect(ada.ArticleBy("Ada")).ToHaveCountAsync(3);
        first.Finish("A hash table keeps values in buckets, and finds the bucket of a key by a number that it computes from the key. Most buckets hold one value or none, so that looking one up takes the same time however many there are.\n\n```csharp\nvar ages = new Dictionary<string, int>();\n```");
        foreach (var text in new[] { "An example follows.", "Two keys may have one number." })
        {
            (await _app.Model.NextAsync()).Finish(text);
            // The next answer may have begun.
            await Expect(ada.Log).ToContainTextAsync(text);
        }

        await _app.SayAsync(ada, "Thanks");
        await Shots.TakeAsync(ada.Page, "conversation");

        // Two answers are not below their questions, and say whose they are.
        var reply = ada.ArticleBy("Demo").Nth(1).GetByRole(AriaRole.Link, new() { Name = "Reply to Ada", Exact = true });
        await Expect(reply).ToContainTextAsync("With a small example");
        await Expect(ada.Log.GetByRole(AriaRole.Link, new() { Name = "Reply to Ada" })).ToHaveCountAsync(2);

        var seen = await ada.Page.EvaluateAsync<Look>(Measure);
        Assert.Equal(paper, seen.Paper);
        Assert.Equal("15/22", seen.People);
        Assert.Equal("16/26", seen.Page);
        Assert.Equal(12, seen.Time);
        Assert.Equal("15/600", seen.Name);
        Assert.Equal("17/650", seen.Title);
        Assert.Equal(52, seen.Head);
        Assert.True(seen.PersonIsRound && !seen.AssistantIsRound);
        Assert.InRange(seen.Measure, Math.Min(width - 40, 640), 720);
        Assert.Equal(width >= 640, seen.Beside);
        // The eye gets exchanges.
        Assert.InRange(seen.InGroup, 2, 6);
        Assert.InRange(seen.ToAnswer, 8, 14);
        Assert.InRange(seen.ToNext, 26, 46);
        Assert.InRange(seen.Ink, 7, 21);
        Assert.InRange(seen.Faint, 4.5, 21);
        Assert.Equal(36, seen.Send);
        Assert.InRange(seen.Composer, 44, width < 640 ? 50 : 100);
        Assert.Equal("1", seen.Actions);

        // The way to the question.
        await reply.ClickAsync();
        await Expect(ada.ArticleBy("Ada").Nth(1)).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("linked", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(ada.ArticleBy("Ada").Nth(1)).ToBeInViewportAsync();
        Assert.Empty(ada.Complaints);
    }

    private sealed record Look
    {
        public string Paper { get; init; } = "";

        public string People { get; init; } = "";

        public string Page { get; init; } = "";

        public double Time { get; init; }

        public string Name { get; init; } = "";

        public string Title { get; init; } = "";

        public double Measure { get; init; }

        public double InGroup { get; init; }

        public double ToAnswer { get; init; }

        public double ToNext { get; init; }

        public bool PersonIsRound { get; init; }

        public bool AssistantIsRound { get; init; }

        public bool Beside { get; init; }

        public double Ink { get; init; }

        public double Faint { get; init; }

        public double Send { get; init; }

        public double Composer { get; init; }

        public double Head { get; init; }

        public string Actions { get; init; } = "";
    }
}
