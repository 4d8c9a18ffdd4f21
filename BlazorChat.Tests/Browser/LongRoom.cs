using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A room with more messages than a page shows at first.</summary>
internal static class LongRoom
{
    /// <summary>Fills a room with messages that nobody answers, and loads them all.</summary>
    public static async Task FillAsync(this BrowserVisitor visitor, int count)
    {
        await visitor.OpenPanelAsync("Assistants & tools");
        await visitor.Panel.GetByRole(AriaRole.Radio, new() { Name = "only when @mentioned" }).CheckAsync();
        await Expect(visitor.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        var unsent = visitor.Page.Locator("[data-unsent]");
        for (var sent = 0; sent < count; sent += 20)
        {
            await visitor.Page.EvaluateAsync("""
                () => {
                  const composer = document.querySelector('chat-composer');
                  for (let i = 0; i < 20; i++) {
                    composer.input.value = `Message ${i}`;
                    composer.send();
                  }
                }
                """);
            await Expect(unsent).ToBeEmptyAsync();
        }

        // A page that falls behind shows the newest: the others are loaded as by somebody who reads back.
        while (await visitor.Page.Locator("[data-load-older]").CountAsync() > 0)
        {
            var shown = await visitor.Articles.CountAsync();
            await visitor.Page.EvaluateAsync("() => document.querySelector('[data-load-older]')?.click()");
            await Expect(visitor.Articles).Not.ToHaveCountAsync(shown);
        }
    }
}
