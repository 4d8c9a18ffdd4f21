using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What somebody reads stays where it is, whatever comes above or below.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class ReadingPlaceTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Older_messages_come_above_without_moving_what_is_read()
    {
        await FillAsync(30);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Articles).ToHaveCountAsync(50);

        // The first message's place at the moment before the older ones come, and after, as the browser paints it.
        await _ada.Page.EvaluateAsync("""
            () => {
              const log = document.querySelector('chat-log');
              const first = log.querySelector('article');
              const top = () => first.getBoundingClientRect().top - log.getBoundingClientRect().top;
              const count = log.querySelectorAll('article').length;
              globalThis.places = [];
              const watch = () => {
                places.push([log.querySelectorAll('article').length > count, top(), log.scrollTop]);
                requestAnimationFrame(watch);
              };
              log.scrollTop = 40;
              // At once: a fast server has the older ones here before the next frame.
              places.push([false, top(), log.scrollTop]);
              requestAnimationFrame(watch);
            }
            """);
        await Expect(_ada.Articles).ToHaveCountAsync(60);
        await _ada.Page.WaitForFunctionAsync("() => places.filter(p => p[0]).length > 10");
        var moved = await _ada.Page.EvaluateAsync<double>("() => Math.abs(places.at(-1)[1] - places.findLast(p => !p[0])[1])");
        Assert.True(moved < 2, $"What was read moved by {moved} pixels.");
        Assert.True(await _ada.Page.EvaluateAsync<double>("() => places.at(-1)[2]") > 40);
    }

    [Fact]
    public async Task An_answer_grows_below_without_moving_what_is_read_and_the_way_to_the_end_is_offered()
    {
        await FillAsync(12);
        await _ada.SendAsync("A long one, please");
        var response = await _app.Model.NextAsync();
        response.Say("It begins.\n\n");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("It begins.");

        await _ada.Log.HoverAsync();
        await _ada.Page.Mouse.WheelAsync(0, -900);
        var reading = _ada.Page.GetByText("Answer number 6.", new() { Exact = true });
        await Expect(_ada.ArticleBy("Demo").Last).Not.ToBeInViewportAsync(new() { Ratio = 1 });
        await SettledAsync();
        var before = (await reading.BoundingBoxAsync())!.Y;
        for (var i = 0; i < 30; i++)
        {
            response.Say($"Paragraph {i}.\n\n");
        }

        response.Finish("It ends.");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("It ends.");
        Assert.Equal(before, (await reading.BoundingBoxAsync())!.Y, 2.0);

        // Somebody else's message is told of, and leads to the end.
        var grace = await _app.JoinAsync("Grace");
        await grace.SendAsync("Hello");
        var toEnd = _ada.Page.GetByRole(AriaRole.Button, new() { Name = "New messages" });
        await Expect(toEnd).ToBeVisibleAsync();
        Assert.Equal(before, (await reading.BoundingBoxAsync())!.Y, 2.0);
        await toEnd.ClickAsync();
        await Expect(_ada.ArticleBy("Grace")).ToBeInViewportAsync();
        await Expect(toEnd).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_way_back_down_is_there_while_an_answer_grows_and_counts_the_messages_that_came()
    {
        await FillAsync(12);
        var toEnd = _ada.Page.Locator("[data-to-end]");
        var count = toEnd.Locator("[data-new]");
        await Expect(toEnd).ToBeHiddenAsync();
        await _ada.SendAsync("A long one, please");
        var response = await _app.Model.NextAsync();
        response.Say("It begins.\n\n");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("It begins.");

        // As soon as somebody scrolls up, and whatever comes of the answer.
        await ScrollUpAsync();
        await Expect(toEnd).ToBeVisibleAsync();
        await Expect(toEnd).ToHaveAccessibleNameAsync("Go to the end");
        for (var i = 0; i < 30; i++)
        {
            response.Say($"Paragraph {i}.\n\n");
        }

        response.Finish("It ends.");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("It ends.");
        await Expect(count).ToBeHiddenAsync();
        Assert.True((await toEnd.BoundingBoxAsync()) is { Width: >= 44, Height: >= 44 });

        // A question and its answer are two, and an answer is one from its first word to its last.
        var grace = await _app.JoinAsync("Grace");
        for (var i = 1; i <= 2; i++)
        {
            await grace.SendAsync($"Number {i}");
            var next = await _app.Model.NextAsync();
            next.Say("One ");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("One");
            await Expect(count).ToHaveTextAsync($"{2 * i}");
            await Expect(toEnd).ToHaveAccessibleNameAsync($"New messages: {2 * i}");
            next.Finish($"and only {i}");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"and only {i}");
            await Expect(count).ToHaveTextAsync($"{2 * i}");
        }

        // With the keyboard, too. What was seen is not counted again.
        await toEnd.FocusAsync();
        await _ada.Page.Keyboard.PressAsync("Enter");
        await Expect(_ada.ArticleBy("Demo").Last).ToBeInViewportAsync();
        await Expect(toEnd).ToBeHiddenAsync();
        await Expect(_ada.Log).ToBeFocusedAsync();
        await ScrollUpAsync();
        await Expect(toEnd).ToHaveAccessibleNameAsync("Go to the end");
        await Expect(count).ToBeHiddenAsync();

        // Whoever writes sees what they wrote.
        await _ada.SendAsync("My own");
        (await _app.Model.NextAsync()).Finish("Yours");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("Yours");
        await Expect(_ada.ArticleBy("Demo").Last).ToBeInViewportAsync();
        await Expect(toEnd).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Older_messages_are_not_counted_as_new()
    {
        await FillAsync(30);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Articles).ToHaveCountAsync(50);
        await _ada.Page.EvaluateAsync("() => { document.querySelector('chat-log').scrollTop = 0; }");
        await Expect(_ada.Articles).ToHaveCountAsync(60);
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Go to the end" })).ToBeVisibleAsync();
        await Expect(_ada.Page.Locator("[data-to-end] [data-new]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_link_of_a_message_far_back_opens_at_the_message_and_a_reload_keeps_the_place()
    {
        await FillAsync(30);
        var id = await _ada.Page.GetByText("Question number 3.", new() { Exact = true }).EvaluateAsync<string>("text => text.closest('article').id");
        var room = _ada.Page.Url;
        var grace = await _app.JoinAsync("Grace");
        await grace.Page.GotoAsync($"{room.Split('#')[0]}#{id}");
        await grace.ReadyAsync();
        await Expect(grace.Page.GetByText("Question number 3.", new() { Exact = true })).ToBeInViewportAsync();

        // Somewhere in the middle, and back there after a reload.
        await _ada.Page.GetByText("Answer number 20.", new() { Exact = true }).ScrollIntoViewIfNeededAsync();
        await SettledAsync();
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Page.GetByText("Answer number 20.", new() { Exact = true })).ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_question_goes_to_the_top_and_its_answer_grows_below_it_while_other_pages_follow()
    {
        await FillAsync(8);
        var grace = await _app.JoinAsync("Grace");
        await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync("Answer number 8.");
        await _ada.SendAsync("A long one, please");
        var response = await _app.Model.NextAsync();
        var question = _ada.ArticleBy("Ada").Last;
        await Expect(question).ToContainTextAsync("A long one, please");
        await Expect(_ada.Page.Locator(".pending")).ToHaveCountAsync(0);
        Assert.Equal(24, await BelowEdgeAsync(), 1.5);

        // Nothing has come for three seconds, which the browser notices by itself.
        await Expect(_ada.ArticleBy("Demo").Last).ToHaveAttributeAsync("data-silent", "");
        response.Say("It begins.\n\n");
        await Expect(_ada.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("data-silent", "");
        var toEnd = _ada.Page.Locator("[data-to-end]");
        await Expect(toEnd).ToBeHiddenAsync();
        for (var i = 0; i < 40; i++)
        {
            response.Say($"Paragraph {i}.\n\n");
        }

        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("Paragraph 39.");
        await Expect(grace.Page.GetByText("Paragraph 39.")).ToBeInViewportAsync();
        // Past the first screen, whoever asked reads on by themselves.
        await Expect(toEnd).ToBeVisibleAsync();
        Assert.Equal(24, await BelowEdgeAsync(), 1.5);
        response.Finish("It ends.");
        await Expect(grace.Page.GetByText("It ends.")).ToBeInViewportAsync();
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("It ends.");
        Assert.Equal(24, await BelowEdgeAsync(), 1.5);
        await toEnd.ClickAsync();
        await Expect(_ada.Page.GetByText("It ends.")).ToBeInViewportAsync();
        Assert.Empty(_ada.Complaints.Concat(grace.Complaints));

        Task<double> BelowEdgeAsync() => question.EvaluateAsync<double>("q => q.getBoundingClientRect().top - q.closest('chat-log').getBoundingClientRect().top");
    }

    [Fact]
    public async Task A_long_message_is_folded_for_everyone_unfolds_where_something_is_found_and_is_whole_on_paper()
    {
        await FillAsync(2);
        var grace = await _app.JoinAsync("Grace");
        await _ada.SendAsync(string.Join('\n', Enumerable.Range(1, 600).Select(i => $"Line {i}")));
        (await _app.Model.NextAsync()).Finish(string.Join("\n\n", Enumerable.Range(1, 60).Select(i => $"Words {i}")));
        await Expect(grace.Page.GetByText("Words 60")).ToBeInViewportAsync();
        foreach (var visitor in new[] { _ada, grace })
        {
            await Expect(visitor.ArticleBy("Ada").Last.GetByRole(AriaRole.Button, new() { Name = "Show more" })).ToBeVisibleAsync();
            Assert.True((await visitor.ArticleBy("Ada").Last.BoundingBoxAsync())!.Height < 700);
            await Expect(visitor.Log.GetByRole(AriaRole.Button, new() { Name = "Show more" })).ToHaveCountAsync(1);
        }

        // What is read below stays where it is. A message that is folded again shows its beginning.
        var message = _ada.ArticleBy("Ada").Last;
        await message.GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync();
        Assert.True((await message.BoundingBoxAsync())!.Height > 5_000);
        await message.GetByRole(AriaRole.Button, new() { Name = "Show less" }).ClickAsync();
        Assert.Equal(24, await message.EvaluateAsync<double>("m => m.getBoundingClientRect().top - m.closest('chat-log').getBoundingClientRect().top"), 1.5);
        Assert.True((await message.BoundingBoxAsync())!.Height < 700);

        // As a browser does for a word that it finds there.
        await _ada.Page.EvaluateAsync("() => { [...document.querySelectorAll('article.own > .blocks')].at(-1).scrollTop = 4000; }");
        await Expect(message).ToHaveAttributeAsync("data-fold", "open");
        Assert.Equal(0, await message.Locator(".blocks").EvaluateAsync<double>("b => b.scrollTop"));

        await grace.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.True((await grace.ArticleBy("Ada").Last.BoundingBoxAsync())!.Height > 5_000);
        Assert.True(await grace.Page.EvaluateAsync<bool>("() => document.documentElement.scrollHeight > 8000"));
        await Expect(grace.Composer).ToBeHiddenAsync();
        await Expect(grace.Page.Locator("#sidebar")).ToBeHiddenAsync();
        Assert.Empty(_ada.Complaints.Concat(grace.Complaints));
    }

    [Fact]
    public async Task Print_loads_older_messages_first()
    {
        await FillAsync(30);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Articles).ToHaveCountAsync(50);
        await _ada.Page.EvaluateAsync("() => { globalThis.print = () => { globalThis.printed = document.querySelectorAll('article').length; }; }");
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room menu" }).ClickAsync();
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Print…" }).ClickAsync();
        await _ada.Page.WaitForFunctionAsync("() => globalThis.printed === 60");
    }

    private async Task ScrollUpAsync()
    {
        await _ada.Log.HoverAsync();
        // Past the question, which was put at the top, and its answer.
        await _ada.Page.Mouse.WheelAsync(0, -900);
        await SettledAsync();
    }

    private async Task FillAsync(int responses)
    {
        for (var i = 1; i <= responses; i++)
        {
            await _ada.SendAsync($"Question number {i}.");
            (await _app.Model.NextAsync()).Finish($"Answer number {i}.");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"Answer number {i}.");
        }
    }

    // Scrolling by the wheel goes on for some frames: until it has stood still for ten.
    private async Task SettledAsync() => await _ada.Page.EvaluateAsync("""
        () => new Promise(resolve => {
          const log = document.querySelector('chat-log');
          let [last, still] = [log.scrollTop, 0];
          const look = () => {
            still = log.scrollTop === last ? still + 1 : 0;
            last = log.scrollTop;
            still > 10 ? resolve() : requestAnimationFrame(look);
          };
          look();
        })
        """);
}
