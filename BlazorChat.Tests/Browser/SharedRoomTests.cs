using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Two people in one room, in real browsers.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class SharedRoomTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;
    private BrowserVisitor _grace = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
        _grace = await _app.JoinAsync("Grace");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Both_see_the_same_answer_grow_token_by_token()
    {
        await _ada.SendAsync("Hello from **Ada**");
        await Expect(_grace.ArticleBy("Ada")).ToContainTextAsync("Hello from Ada");
        var response = await _app.Model.NextAsync();

        var text = "";
        foreach (var word in new[] { "One ", "two ", "three ", "\n\n- four\n", "- five\n\n", "```js\nlet six = 6;\n", "```\n" })
        {
            response.Say(word);
            text = word.Trim(' ', '\n', '`', '-') is { Length: > 0 } shown ? shown.Replace("js\n", "", StringComparison.Ordinal) : text;
            foreach (var visitor in new[] { _ada, _grace })
            {
                await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync(text);
                await Expect(visitor.ArticleBy("Demo")).ToHaveAttributeAsync("aria-busy", "true");
            }
        }

        response.Finish("The end.");
        foreach (var visitor in new[] { _ada, _grace })
        {
            await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync("The end.");
            await Expect(visitor.ArticleBy("Demo")).Not.ToHaveAttributeAsync("aria-busy", "true");
            await Expect(visitor.StopButton).ToBeHiddenAsync();
        }

        Assert.Equal(await _ada.BodyOfAsync("Demo"), await _grace.BodyOfAsync("Demo"));
        Assert.Empty(_ada.Complaints);
        Assert.Empty(_grace.Complaints);
    }

    [Fact]
    public async Task Whoever_asked_stops_and_retries_and_the_other_sees_whose_it_is()
    {
        await _ada.SendAsync("Tell me a story");
        var response = await _app.Model.NextAsync();
        response.Say("Once upon a time");
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("Once upon a time");

        await Expect(_grace.StopButton).ToHaveCountAsync(0);
        await _grace.Page.GetByRole(AriaRole.Button, new() { Name = "Who can stop this?" }).ClickAsync();
        await Expect(_grace.Page.GetByText("Only the person who asked or an administrator can stop this.")).ToBeVisibleAsync();
        await _ada.StopButton.ClickAsync();
        await response.Closed.Soon();
        foreach (var visitor in new[] { _ada, _grace })
        {
            await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync("Once upon a time");
            await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync("Stopped by Ada");
        }

        // In the menu of the answer, too.
        await _grace.ArticleBy("Demo").GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Expect(_grace.Page.Locator("#message-menu")).ToContainTextAsync("Only the person who asked or an administrator can have this answered again.");
        await Expect(_grace.Page.Locator("#message-menu [data-act=again]")).ToBeHiddenAsync();
        await _grace.Page.Keyboard.PressAsync("Escape");

        await _ada.ArticleBy("Demo").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        (await _app.Model.NextAsync()).Finish("A better story");
        foreach (var visitor in new[] { _ada, _grace })
        {
            await Expect(visitor.ArticleBy("Demo")).ToHaveCountAsync(1);
            await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync("A better story");
            await Expect(visitor.ArticleBy("Demo")).Not.ToContainTextAsync("Stopped by");
        }
    }

    [Fact]
    public async Task Escape_and_stop_work_before_the_first_token()
    {
        await _ada.SendAsync("Hello");
        var response = await _app.Model.NextAsync();
        await _ada.StopButton.ClickAsync();
        await response.Closed.Soon();
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("Stopped by Ada");

        await _ada.SendAsync("Hello again");
        response = await _app.Model.NextAsync();
        await Expect(_ada.StopButton).ToBeVisibleAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await response.Closed.Soon();
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("Stopped by Ada");
    }

    [Fact]
    public async Task A_failure_is_a_sentence_for_everybody_also_after_a_reload()
    {
        await _ada.SendAsync("Hello");
        var response = await _app.Model.NextAsync();
        response.Say("Half an ans");
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("Half an ans");
        response.Break();
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("Failed: ");
        var shown = await _grace.ArticleBy("Demo").InnerTextAsync();
        Assert.DoesNotContain("Exception", shown, StringComparison.Ordinal);
        await _ada.Page.ReloadAsync();
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("Failed: ");
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("Half an ans");
    }

    [Fact]
    public async Task Late_joiner_and_reload_in_the_middle_end_with_identical_text()
    {
        await _ada.SendAsync("Count");
        var response = await _app.Model.NextAsync();
        response.Say("# Numbers\n\n1. one\n2. two\n");
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("two");

        var late = await _app.JoinAsync("Linus");
        await late.OpenAsync(new Uri(_ada.Page.Url).AbsolutePath);
        await Expect(late.ArticleBy("Demo")).ToContainTextAsync("two");
        await _grace.Page.ReloadAsync();
        await _grace.ReadyAsync();
        response.Say("3. three\n\nSome `code` and **more** ");
        await Expect(late.ArticleBy("Demo")).ToContainTextAsync("three");
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("three");
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        response.Finish("text at the end.");

        var bodies = new List<string>();
        foreach (var visitor in new[] { _ada, _grace, late })
        {
            await Expect(visitor.ArticleBy("Demo")).ToContainTextAsync("text at the end.");
            await Expect(visitor.ArticleBy("Demo")).Not.ToHaveAttributeAsync("aria-busy", "true");
            bodies.Add(await visitor.BodyOfAsync("Demo"));
        }

        Assert.Single(bodies.Distinct());
        await late.Page.ReloadAsync();
        await late.ReadyAsync();
        Assert.Equal(bodies[0], await late.BodyOfAsync("Demo"));
    }

    [Fact]
    public async Task Rename_clear_and_delete_are_seen_by_the_other()
    {
        await _ada.CreateRoomAsync("Plans");
        await Expect(_grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Plans", Exact = true })).ToBeVisibleAsync();
        await _grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Plans", Exact = true }).ClickAsync();
        await Expect(_grace.Heading).ToHaveTextAsync("Plans");

        await _ada.SendAsync("To be cleared");
        (await _app.Model.NextAsync()).Finish("Answer");
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("Answer");

        await _ada.ChooseAsync("Rename");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Textbox, new() { Name = "Room name" }).FillAsync("Better plans");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(_grace.Heading).ToHaveTextAsync("Better plans");
        await Expect(_grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Better plans", Exact = true })).ToBeVisibleAsync();

        await _ada.ChooseAsync("Clear");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Clear room" }).ClickAsync();
        await Expect(_grace.Articles).ToHaveCountAsync(0);
        await Expect(_grace.Page.GetByText("Ada cleared")).ToBeVisibleAsync();

        await _ada.ChooseAsync("Delete");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete room" }).ClickAsync();
        await Expect(_grace.Page.GetByText("deleted by Ada")).ToBeVisibleAsync();
        await Expect(_grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Better plans", Exact = true })).ToHaveCountAsync(0);
        await Expect(_ada.Heading).Not.ToHaveTextAsync("Better plans");
    }

    [Fact]
    public async Task Two_tabs_of_one_person_are_one_person()
    {
        var tab = await _ada.NewTabAsync();
        await tab.SendAsync("From the second tab");
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(1);
        (await _app.Model.NextAsync()).Finish("Seen");
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("Seen");
        await _ada.SendAsync("From the first tab");
        (await _app.Model.NextAsync()).Finish("Seen again");
        await Expect(tab.ArticleBy("Demo").Last).ToContainTextAsync("Seen again");
        // Both tabs show both messages as their own.
        await Expect(_ada.Log.Locator("article.own")).ToHaveCountAsync(2);
        await Expect(tab.Log.Locator("article.own")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Messages_during_a_turn_are_shown_at_once_and_answered_each_in_its_turn()
    {
        await _ada.SendAsync("First");
        var first = await _app.Model.NextAsync();
        first.Say("Working");
        await _grace.SendAsync("Second");
        await _ada.SendAsync("Third");
        await Expect(_grace.ArticleBy("Ada").Last).ToContainTextAsync("Third");
        first.Finish(" on it");
        var second = await _app.Model.NextAsync();
        Assert.Contains("Second", second.Request, StringComparison.Ordinal);
        Assert.DoesNotContain("Third", second.Request, StringComparison.Ordinal);
        second.Finish("One done");
        await Expect(_grace.ArticleBy("Demo").Nth(1)).ToContainTextAsync("One done");
        var third = await _app.Model.NextAsync();
        Assert.Contains("Third", third.Request, StringComparison.Ordinal);
        third.Finish("Both done");
        await Expect(_grace.ArticleBy("Demo").Last).ToContainTextAsync("Both done");
    }

    [Fact]
    public async Task A_message_sent_while_another_room_is_being_opened_is_sent_all_the_same()
    {
        await _ada.CreateRoomAsync("Elsewhere");
        await _ada.Composer.FillAsync("Written at the last moment");
        // In one task of the browser, as a fast hand does it: the room is left before the call is out.
        await _ada.Page.EvaluateAsync("""
            () => {
              [...document.querySelectorAll('nav[aria-label="Rooms"] a')].find(a => a.textContent.trim() === 'Lobby').click();
              document.querySelector('chat-composer textarea').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
            }
            """);
        (await _app.Model.NextAsync()).Finish("Got it");
        await _grace.RoomList.GetByRole(AriaRole.Link, new() { Name = "Elsewhere", Exact = true }).ClickAsync();
        await Expect(_grace.ArticleBy("Ada")).ToContainTextAsync("Written at the last moment");
        await Expect(_grace.ArticleBy("Ada")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_draft_survives_reload_and_room_switch_and_length_is_refused_with_the_count()
    {
        await _ada.Composer.FillAsync("Not finished yet");
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("Not finished yet");
        await _ada.CreateRoomAsync("Elsewhere");
        await Expect(_ada.Composer).ToHaveValueAsync("");
        await _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby", Exact = true }).ClickAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("Not finished yet");

        await _ada.Composer.FillAsync(new string('x', 32_001));
        await Expect(_ada.Page.GetByText("32,001 / 32,000")).ToBeVisibleAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeDisabledAsync();
        await _ada.Composer.PressAsync("Enter");
        await Expect(_ada.Articles).ToHaveCountAsync(0);

        await _ada.SendAsync(new string('y', 32_000));
        await Expect(_grace.ArticleBy("Ada")).ToContainTextAsync("yyyy");
    }

    [Fact]
    public async Task Each_tab_keeps_its_own_draft_and_what_one_has_sent_no_other_shows()
    {
        await _ada.Composer.FillAsync("Mine");
        var other = await _ada.NewTabAsync();
        await Expect(other.Composer).ToHaveValueAsync("");
        await other.Composer.FillAsync("Theirs");
        await _ada.CreateRoomAsync("Elsewhere");
        await Expect(_ada.Composer).ToHaveValueAsync("");
        await _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby", Exact = true }).ClickAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("Mine");

        var third = await other.NewTabAsync();
        await Expect(third.Composer).ToHaveValueAsync("");
        await other.Composer.PressAsync("Enter");
        await third.Page.ReloadAsync();
        await third.ReadyAsync();
        await Expect(third.Composer).ToHaveValueAsync("");
        await Expect(_ada.Composer).ToHaveValueAsync("Mine");
        (await _app.Model.NextAsync()).Finish("Sent once.");
        await Expect(third.ArticleBy("Demo")).ToContainTextAsync("Sent once.");
        await Expect(third.ArticleBy("Ada")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_first_html_has_the_newest_messages_and_older_ones_load_on_scroll()
    {
        await _ada.CreateRoomAsync("Long");
        for (var i = 1; i <= 30; i++)
        {
            await _ada.SendAsync($"Message number {i}.");
            (await _app.Model.NextAsync()).Finish($"Answer number {i}.");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"Answer number {i}.");
        }

        var html = await (await _ada.Context.APIRequest.GetAsync(_ada.Page.Url)).TextAsync();
        Assert.Contains("Answer number 30.", html, StringComparison.Ordinal);
        Assert.True(html.Length <= 100_000, $"The first HTML has {html.Length} characters.");

        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Page.GetByText("Message number 3.", new() { Exact = true })).ToHaveCountAsync(0);
        while (await _ada.Page.GetByText("Message number 1.", new() { Exact = true }).CountAsync() == 0)
        {
            var first = await _ada.Articles.First.InnerTextAsync();
            await _ada.Articles.First.ScrollIntoViewIfNeededAsync();
            await _ada.Log.HoverAsync();
            await _ada.Page.Mouse.WheelAsync(0, -4_000);
            await Expect(_ada.Articles.First).Not.ToHaveTextAsync(first);
        }

        await Expect(_ada.Articles).ToHaveCountAsync(60);
    }

    [Theory]
    [InlineData("/rooms/not-an-id")]
    [InlineData("/rooms/018f0000-0000-7000-8000-000000000000")]
    public async Task An_unknown_room_is_a_clear_page_with_a_way_out(string url)
    {
        await _ada.Page.GotoAsync(new Uri(_app.Address, url).ToString());
        await Expect(_ada.Heading).ToBeVisibleAsync();
        await Expect(_ada.Page.GetByText("does not exist").First).ToBeVisibleAsync();
        await _ada.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link).First.ClickAsync();
        await _ada.ReadyAsync();
    }

    [Fact]
    public async Task Hostile_text_executes_nothing_and_loads_nothing()
    {
        const string Hostile = """
            <script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"><svg onload="window.hacked = 3">
            [a](javascript:window.hacked=4) ![b](https://example.org/pixel.png) [c](//example.org) <javascript:alert(1)>
            [d](data:text/html,<script>window.hacked=5</script>) [e](java&#115;cript:window.hacked=6)

            ```"><script>window.hacked=7</script>
            code
            ```
            """;
        await _ada.SendAsync(Hostile);
        (await _app.Model.NextAsync()).Finish(Hostile);
        await Expect(_grace.ArticleBy("Demo")).ToContainTextAsync("code");
        foreach (var visitor in new[] { _ada, _grace })
        {
            foreach (var link in await visitor.Log.GetByRole(AriaRole.Link).AllAsync())
            {
                Assert.StartsWith("https://", await link.GetAttributeAsync("href"), StringComparison.Ordinal);
            }

            Assert.Null(await visitor.Page.EvaluateAsync<object?>("window.hacked ?? null"));
            Assert.Empty(visitor.Complaints);
        }
    }
}
