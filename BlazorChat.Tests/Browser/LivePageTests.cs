using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What readers do with an answer while it grows: translate the page, select, and copy.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class LivePageTests(Chromium chromium) : IAsyncLifetime
{
    // What a browser's translation does: text nodes are replaced by elements, again and again.
    private const string Translate = """
        () => {
          globalThis.translate = () => {
            const walker = document.createTreeWalker(document.querySelector('[role=log]'), NodeFilter.SHOW_TEXT);
            const texts = [];
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              if (node.data.trim() && !node.parentElement.closest('font, [translate=no]')) {
                texts.push(node);
              }
            }
            for (const text of texts) {
              const font = document.createElement('font');
              font.append(document.createElement('font'));
              font.firstChild.append(text.data.toUpperCase());
              text.replaceWith(font);
            }
          };
          translate();
          globalThis.translating = setInterval(translate, 20);
        }
        """;

    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Names_code_times_and_counters_are_not_to_be_translated_and_texts_are()
    {
        var grace = await _app.JoinAsync("Grace");
        await _ada.CreateRoomAsync("Plans");
        await grace.OpenAsync(_ada.Page.Url);
        await _ada.SendAsync("A text to translate, with `some_code`");
        (await _app.Model.NextAsync()).Finish("A text to translate, with `some_code`");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("A text to translate");
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await IsMarkedAsync();
        // Live: a name at the end of an answer, a queue, and code that grows.
        await _ada.SendAsync("A text to translate");
        var response = await _app.Model.NextAsync();
        response.Say("A text to translate, with `some_code`:\n\n```csharp\nsome_code();\n");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("some_code();");
        await grace.SendAsync("A text to translate");
        await _ada.Page.GetByText("1 waiting").ClickAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Group, new() { Name = "Queue" })).ToContainTextAsync("Grace’s question");
        await IsMarkedAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await _ada.StopButton.ClickAsync();
        await Expect(_ada.ArticleBy("Demo").Nth(1)).ToContainTextAsync("Stopped by Ada");
        (await _app.Model.NextAsync()).Finish("A text to translate");
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        await _ada.OpenPanelAsync("Assistants & tools");
        await _ada.Page.GetByText("Built in").ClickAsync();
        await IsMarkedAsync();
        await _ada.ChooseAsync(_ada.ArticleBy("Demo").Last, "Details");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Duration");
        await IsMarkedAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await _ada.ChooseAsync(_ada.ArticleBy("Demo").Last, "View prompt");
        var prompt = _ada.Page.GetByRole(AriaRole.Complementary, new() { Name = "Prompt" });
        await Expect(prompt).ToContainTextAsync("A text to translate");
        await IsMarkedAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await Expect(prompt).ToHaveCountAsync(0);
        await _ada.ChooseAsync(_ada.ArticleBy("Demo").First, "Delete");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("for everyone");
        await IsMarkedAsync();
        await _ada.Page.Keyboard.PressAsync("Escape");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await _ada.ChooseAsync("Clear…");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Clear room" }).ClickAsync();
        await Expect(_ada.Page.GetByText("cleared this room")).ToBeVisibleAsync();
        await IsMarkedAsync();
    }

    [Fact]
    public async Task A_translated_page_goes_on_and_says_all_of_every_answer()
    {
        var grace = await _app.JoinAsync("Grace");
        await _app.SayAsync(_ada, "Hello");
        await grace.Page.EvaluateAsync(Translate);
        foreach (var round in new[] { "first", "second" })
        {
            await _ada.SendAsync($"A {round} question");
            var response = await _app.Model.NextAsync();
            for (var i = 0; i < 20; i++)
            {
                response.Say($"Word {i} of the {round}, **strong {i}** and `code {i}`. ");
                if (i % 5 == 4)
                {
                    response.Say($"\n\n```\nline {i}\n");
                    response.Say($"rest {i}\n```\n\n- item {i}\n- other\n\n");
                    await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"rest {i}");
                    await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync($"rest {i}", new() { IgnoreCase = true });
                }
            }

            response.Finish("That was all.");
            await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync("THAT WAS ALL.");
            await Expect(grace.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("aria-busy", "true");
            var (mine, theirs) = (await TextAsync(_ada), await TextAsync(grace));
            Assert.Equal(mine.ToUpperInvariant(), theirs.ToUpperInvariant());
        }

        // In its own language again, and then another answer.
        await grace.Page.EvaluateAsync("() => { clearInterval(translating); document.querySelectorAll('[role=log] font').forEach(font => font.isConnected && font.remove()); }");
        await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync("That was all.");
        await _app.SayAsync(grace, "A third one");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("You said: A third one");
        Assert.Empty(grace.Complaints);
        await Expect(grace.Page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_is_selected_in_a_growing_answer_stays_selected()
    {
        await _ada.SendAsync("A long one");
        var response = await _app.Model.NextAsync();
        response.Say("The beginning of a paragraph, with *some* words of it ");
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("words of it");
        await _ada.Page.EvaluateAsync("""
            () => {
              const walker = document.createTreeWalker(document.querySelector('article[aria-busy] .blocks'), NodeFilter.SHOW_TEXT);
              const texts = [];
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                texts.push(node);
              }
              const find = word => { const node = texts.findLast(text => text.data.includes(word)); return [node, node.data.indexOf(word)]; };
              const [from, to] = [find('paragraph'), find('words')];
              getSelection().setBaseAndExtent(from[0], from[1], to[0], to[1] + 5);
            }
            """);
        for (var i = 0; i < 10; i++)
        {
            response.Say($"and more {i}, **strong {i}** ");
            await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync($"strong {i}");
            Assert.Equal("paragraph, with some words", await _ada.Page.EvaluateAsync<string>("() => getSelection().toString()"));
        }

        response.Finish("to the end.");
        await Expect(_ada.ArticleBy("Demo")).ToContainTextAsync("to the end.");
        Assert.Equal("paragraph, with some words", await _ada.Page.EvaluateAsync<string>("() => getSelection().toString()"));
    }

    [Fact]
    public async Task A_message_is_copied_as_it_was_written_and_as_it_is_drawn_and_code_without_a_line_break_at_its_end()
    {
        const string Source = "Run *this*:\n\n```bash\nrm -rf x\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n1. one\n   - [two](https://example.org/x)\n";
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await _ada.SendAsync("How *do* I?");
        (await _app.Model.NextAsync()).Finish(Source);
        var answer = _ada.ArticleBy("Demo").Last;
        await Expect(answer).Not.ToHaveAttributeAsync("aria-busy", "true");
        await answer.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).First.ClickAsync();
        await CopiedAsync(text => Assert.Equal(Source.TrimEnd(), text.TrimEnd()));
        var html = await ReadAsync("text/html");
        Assert.Contains("<table>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.org/x\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", html, StringComparison.Ordinal);

        await answer.GetByRole(AriaRole.Button, new() { Name = "Copy code" }).ClickAsync();
        await CopiedAsync(text => Assert.Equal("rm -rf x", text));

        // A person's message, with its stars.
        var own = _ada.ArticleBy("Ada").Last;
        await own.HoverAsync();
        await own.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await CopiedAsync(text => Assert.Equal("How *do* I?", text));

        // What is selected within a message: the code and the table of it.
        await SelectAsync(".code-block", ".table-scroll");
        await _ada.Page.Keyboard.PressAsync("Control+c");
        await CopiedAsync(text => Assert.Equal("```bash\nrm -rf x\n```\n\n| a | b |\n| --- | --: |\n| 1 | 2 |", text));
        await SelectAsync("pre", "pre");
        await _ada.Page.Keyboard.PressAsync("Control+c");
        await CopiedAsync(text => Assert.Equal("rm -rf x", text));
        await SelectAsync("ol", "ol");
        await _ada.Page.Keyboard.PressAsync("Control+c");
        await CopiedAsync(text => Assert.Equal("1. one\n   - [two](https://example.org/x)", text));
    }

    [Fact]
    public async Task Without_https_a_message_is_copied_the_same_way()
    {
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await _ada.SendAsync("How?");
        (await _app.Model.NextAsync()).Finish("**So**");
        await Expect(_ada.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("aria-busy", "true");
        await _ada.Page.EvaluateAsync("() => { globalThis.realClipboard = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }); }");
        await _ada.ArticleBy("Demo").Last.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true }).ClickAsync();
        await CopiedAsync(text => Assert.Equal("**So**", text));
        Assert.Contains("<strong>So</strong>", await ReadAsync("text/html"), StringComparison.Ordinal);
    }

    private static Task<string> TextAsync(BrowserVisitor visitor) =>
        visitor.ArticleBy("Demo").Last.Locator(".blocks").EvaluateAsync<string>("blocks => blocks.textContent");

    private async Task SelectAsync(string from, string to) => await _ada.ArticleBy("Demo").Last.EvaluateAsync(
        """
        (article, [from, to]) => {
          const range = document.createRange();
          range.setStartBefore(article.querySelector(from));
          range.setEndAfter(article.querySelector(to));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }
        """,
        new[] { from, to });

    private async Task<string> ReadAsync(string type) => await _ada.Page.EvaluateAsync<string>(
        """
        async type => {
          const items = await (globalThis.realClipboard ?? navigator.clipboard).read();
          return await (await items[0].getType(type)).text();
        }
        """,
        type);

    // Copying ends a moment after the click.
    // Every piece of text with a name, code or a time in it, wherever it is on the page. What is only announced is a sentence.
    private async Task IsMarkedAsync()
    {
        var found = await _ada.Page.EvaluateAsync<string[][]>("""
            () => {
              const walker = document.createTreeWalker(document.querySelector('.shell'), NodeFilter.SHOW_TEXT);
              const [unmarked, marked] = [[], []];
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const parent = node.parentElement;
                const isExact = /\b(Ada|Grace|Demo|Lobby|some_code|roll_dice|send_postcard)\b|^\d{1,2}:\d\d( [AP]M)?$|^\d+$/.test(node.data.trim());
                const isMarked = parent.closest('[translate=no]') !== null;
                // The beginning of a message, as a dialog quotes it, is a text.
                if (isExact && !isMarked && !node.data.includes('A text to translate') && !parent.closest('[role=status], script, style, textarea, dialog h2')) {
                  unmarked.push(`${node.data.trim()} in ${parent.outerHTML.slice(0, 200)}`);
                }
                if (node.data.includes('A text to translate') && isMarked && !parent.closest('.sent')) {
                  marked.push(node.data);
                }
              }
              return [unmarked, marked];
            }
            """);
        Assert.Empty(found[0]);
        Assert.Empty(found[1]);
    }

    private async Task CopiedAsync(Action<string> check)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                check(await ReadAsync("text/plain"));
                return;
            }
            catch (Exception e) when (i < 100 && e is Xunit.Sdk.XunitException or PlaywrightException)
            {
                await _ada.Page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
            }
        }
    }
}
