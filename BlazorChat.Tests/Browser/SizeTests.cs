using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Sizes are parts of the reader's own size, nothing is too small to read, and nothing hides or overflows at any of them.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class SizeTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => _app.HostAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Nothing_is_smaller_than_12_px_and_everything_grows_with_the_readers_size(int width)
    {
        var ada = await _app.JoinByPageAsync("Ada", ColorScheme.Light, width, page => CheckAsync(page, "join"));
        await CheckAsync(ada.Page, "empty room");
        await ada.OpenPanelAsync("Assistants & tools");
        await ada.Panel.GetByRole(AriaRole.Radio, new() { Name = "only when @mentioned" }).CheckAsync();
        await Expect(ada.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        await ada.SendAsync("@Demo Hello, **everybody**: `code` and [a](https://example.org)\n\n- one");
        (await _app.Model.NextAsync()).Finish("Hello");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Hello");
        await Expect(ada.StopButton).ToBeHiddenAsync();
        // Grouped: the time is in the column of the pictures.
        await ada.SendAsync("One more");
        await ada.SendAsync("And one more");
        await Expect(ada.ArticleBy("Ada")).ToHaveCountAsync(3);
        await ada.SendAsync("@Demo\n```csharp\nvar a = 1;\n```");
        var response = await _app.Model.NextAsync();
        response.Say("# Heading\n\n## Second\n\n### Third\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nA note[^1] and H<sub>2</sub>O.\n\n> [!NOTE]\n> Look\n\n```csharp\nvar a = 1;\n```\n\n[^1]: Here it is.\n");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("var a = 1;");
        // Whole, and beside the text. On a phone, text has the whole width.
        Assert.True(width < 640 ? await ada.Page.Locator(".grouped.message > .byline").Last.IsHiddenAsync() : await ada.Page.Locator(".grouped.message").Last.EvaluateAsync<bool>("""
            message => {
              const time = message.querySelector(':scope > .byline time');
              const gap = message.querySelector('.blocks').getBoundingClientRect().left - time.getBoundingClientRect().right;
              return time.scrollWidth <= time.clientWidth && gap >= 4;
            }
            """));
        await CheckAsync(ada.Page, "answer running");
        response.Break();
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Failed: ");
        await ada.ArticleBy("Demo").Last.HoverAsync();
        await CheckAsync(ada.Page, "answer failed");
        await ada.OpenPanelAsync();
        await CheckAsync(ada.Page, "about");
        await (await ada.OpenAdvancedAsync()).SelectOptionAsync("Wait until they stop typing");
        await ada.Panel.GetByText("Built in").ClickAsync();
        await CheckAsync(ada.Page, "settings");
        await ada.OpenPanelAsync("Usage");
        await CheckAsync(ada.Page, "usage");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        await ada.ChooseAsync(ada.ArticleBy("Demo").First, "Details");
        await CheckAsync(ada.Page, "details");
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.Page.Keyboard.PressAsync("Control+k");
        await CheckAsync(ada.Page, "switcher");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_head_of_the_settings_covers_what_scrolls_below_it(int width)
    {
        var ada = await _app.JoinAsync("Ada", ColorScheme.Light, width);
        await ada.OpenAdvancedAsync();
        await ada.Panel.GetByText("Built in").ClickAsync();
        foreach (var tab in new[] { "About", "Assistants & tools" })
        {
            Assert.Empty(await ThroughAsync(await ada.OpenPanelAsync(tab)));
        }

        // The line below it is there while something is.
        await Expect(ada.Panel).ToHaveAttributeAsync("data-scrolled", "");
        await ada.OpenPanelAsync();
        await Expect(ada.Panel).Not.ToHaveAttributeAsync("data-scrolled", "");
    }

    // What is seen although the head is above it.
    private static Task<string[]> ThroughAsync(ILocator panel) =>
        panel.EvaluateAsync<string[]>("""
            panel => {
              const head = panel.querySelector('.panel-head');
              const seen = [];
              for (const control of panel.querySelectorAll('[role=tabpanel]:not([hidden]) :is(input:not([type=hidden]), textarea, select, button, label)')) {
                panel.scrollTop += control.getBoundingClientRect().top - head.getBoundingClientRect().top - 20;
                const box = control.getBoundingClientRect();
                const [x, y] = [box.left + Math.min(box.width, 16) / 2, box.top + Math.min(box.height, 16) / 2];
                const isBelow = y > head.getBoundingClientRect().top && y < head.getBoundingClientRect().bottom;
                if (isBelow && !head.contains(document.elementFromPoint(x, y))) {
                  seen.push(control.outerHTML.slice(0, 100));
                }
              }
              return seen;
            }
            """);

    // A reader's own size is that of the root, which the page never sets.
    private static async Task CheckAsync(IPage page, string screen)
    {
        Assert.Equal("16px", await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).fontSize"));
        var normal = await SizesAsync(page);
        Assert.All(normal, text => Assert.True(text.Size >= 12, $"{screen}: {text.Size} px in {text.Where}"));
        await page.EvaluateAsync("() => { document.documentElement.style.fontSize = '24px'; }");
        var large = await SizesAsync(page);
        var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        await page.EvaluateAsync("() => { document.documentElement.style.fontSize = ''; }");
        Assert.Equal(0, overflow);
        Assert.All(large, text => Assert.True(text.Size >= 18, $"{screen}, 150 %: {text.Size} px in {text.Where}"));
    }

    private static async Task<IReadOnlyList<(double Size, string Where)>> SizesAsync(IPage page)
    {
        var texts = await page.EvaluateAsync<string[][]>("""
            () => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const found = [];
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const parent = node.parentElement;
                if (node.data.trim() && parent.checkVisibility() && !parent.closest('script, style, .visually-hidden')) {
                  found.push([String(parseFloat(getComputedStyle(parent).fontSize)), parent.outerHTML.slice(0, 120)]);
                }
              }
              return found;
            }
            """);
        Assert.NotEmpty(texts);
        return [.. texts.Select(t => (double.Parse(t[0], System.Globalization.CultureInfo.InvariantCulture), t[1]))];
    }
}
