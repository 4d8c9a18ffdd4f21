using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>
/// The way of people without a mouse: Tab until what they want has the focus, then a key. Playwright's own focus and press of an element set the
/// focus by a script, and so say nothing about whether a keyboard gets there.
/// </summary>
internal static class TabKey
{
    private const int Patience = 150;

    /// <summary>Goes to something with Tab.</summary>
    /// <param name="page">The page.</param>
    /// <param name="what">Where to.</param>
    /// <param name="isBack">Whether it lies before what has the focus now: with Shift.</param>
    public static async Task TabToAsync(this IPage page, ILocator what, bool isBack = false)
    {
        await Expect(what).ToBeVisibleAsync();
        for (var i = 0; i < Patience; i++)
        {
            if (await what.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync(isBack ? "Shift+Tab" : "Tab");
        }

        Assert.Fail($"The keyboard does not reach {what}.");
    }

    /// <summary>Goes to something with Tab and presses a key there.</summary>
    public static async Task PressAsync(this IPage page, ILocator what, string key = "Enter", bool isBack = false)
    {
        await page.TabToAsync(what, isBack);
        await page.Keyboard.PressAsync(key);
    }
}
