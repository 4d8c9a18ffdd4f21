using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A tab that is not on screen costs next to nothing, and is as current as any other when it is shown.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class HiddenTabTests(Chromium chromium) : IAsyncLifetime
{
    // The headless browser shows each of its pages. The last call returns when the server knows.
    private const string Hide = """
        async isHidden => {
          Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
          Object.defineProperty(document, 'visibilityState', { value: isHidden ? 'hidden' : 'visible', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
          await document.querySelector('chat-tools').here();
        }
        """;

    private readonly AppFixture _app = new(chromium);

    public async Task InitializeAsync() => await _app.HostAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_hidden_tab_gets_no_running_text_and_has_all_of_it_when_it_is_shown()
    {
        var ada = await _app.JoinAsync("Ada");
        var grace = await _app.JoinAsync("Grace");
        await ada.SendAsync("Count");
        var response = await _app.Model.NextAsync();
        response.Say("one ");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("one");
        await ada.Page.EvaluateAsync(Hide, true);

        // A frame of its own for each word: the next is said when the one before has been shown.
        foreach (var word in (string[])["two", "three", "four"])
        {
            response.Say($"{word} ");
            await Expect(grace.ArticleBy("Demo")).ToContainTextAsync(word);
        }

        Assert.DoesNotContain("two", await ada.ArticleBy("Demo").InnerTextAsync(), StringComparison.Ordinal);
        await ada.Page.EvaluateAsync(Hide, false);
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("one two three four");
        response.Say("five ");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("four five");
        response.Finish();
        await Expect(ada.StopButton).ToBeHiddenAsync();
        Assert.Empty(ada.Complaints);
    }

    [Fact]
    public async Task A_hidden_tab_still_learns_of_messages_and_of_a_response_that_has_ended()
    {
        var ada = await _app.JoinAsync("Ada");
        var grace = await _app.JoinAsync("Grace");
        await ada.Page.EvaluateAsync(Hide, true);
        await grace.SendAsync("Are you there?");
        await Expect(ada.Page).ToHaveTitleAsync(new Regex(@"^\(\d+\) ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var response = await _app.Model.NextAsync();
        response.Say("Half");
        await Expect(grace.ArticleBy("Demo")).ToContainTextAsync("Half");
        response.Finish(" and whole");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Half and whole");
        await ada.Page.EvaluateAsync(Hide, false);
        await Expect(ada.Page).Not.ToHaveTitleAsync(new Regex(@"^\(\d+\) ", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }
}
