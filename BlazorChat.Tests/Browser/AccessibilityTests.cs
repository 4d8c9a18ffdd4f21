using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>axe on every screen, in both themes, on a desktop and on the narrowest phone.</summary>
[Collection(BrowserTests.Name)]
public sealed class AccessibilityTests(Chromium chromium) : IAsyncLifetime
{
    private const string Everything = """
        # Heading

        Text with **bold**, *italics*, ~~struck~~, `code` and [a link](https://example.org).

        > A quotation

        1. one
        2. two
           - nested

        - [x] done
        - [ ] open

        | left | right |
        | :--- | ----: |
        | 1 | 2 |

        ```csharp
        Console.WriteLine("Hello");
        ```
        """;

    private readonly AppFixture _app = new(chromium);

    public async Task InitializeAsync() => await _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 320)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Every_screen_passes(ColorScheme scheme, int width)
    {
        await using (var context = await chromium.Browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } }))
        {
            var join = await context.NewPageAsync();
            await join.GotoAsync(_app.App.Address.ToString());
            await CheckAsync(join, "join");
        }

        var ada = await _app.JoinAsync("Ada", scheme, width);
        await CheckAsync(ada.Page, "empty room");

        await ada.SendAsync(Everything);
        var answer = await _app.Model.NextAsync();
        answer.Say(Everything + "\n\nand on it goes");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("and on it goes");
        await CheckAsync(ada.Page, "answer running");

        await ada.StopButton.ClickAsync();
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Stopped by Ada");
        await CheckAsync(ada.Page, "answer stopped");

        await ada.Page.Keyboard.PressAsync("Control+k");
        await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "room switcher");
        await ada.Page.Keyboard.PressAsync("Escape");

        foreach (var item in new[] { "Rename", "Clear", "Delete" })
        {
            await ada.ChooseAsync(item);
            await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await CheckAsync(ada.Page, item);
            await ada.Page.Keyboard.PressAsync("Escape");
            await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        }

        await ada.Page.GotoAsync(new Uri(_app.App.Address, "/rooms/unknown").ToString());
        await Expect(ada.Page.GetByText("does not exist").First).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "unknown room");
        Assert.DoesNotContain(ada.Complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    private static async Task CheckAsync(IPage page, string screen)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } });
        Assert.True(result.Violations.Length == 0, $"{screen}: " + string.Join("; ", result.Violations.Select(v => $"{v.Id}: {v.Help} at {string.Join(", ", v.Nodes.Select(n => n.Html))}")));
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{screen} is {overflow} px wider than the window.");
    }
}
