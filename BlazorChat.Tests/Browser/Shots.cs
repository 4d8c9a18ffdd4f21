using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>Pictures of screens, for people to look at and for eng/shots.sh to compare. Only where the variable SHOTS names a folder.</summary>
internal static class Shots
{
    // What differs from run to run: times, and the colors that come from people's ids. A constructed sheet, which the policy allows.
    private const string Still = """
        () => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('time, .connection-spinner { visibility: hidden } .avatar { background: #777 !important; color: #fff !important } * { caret-color: transparent !important }');
          document.adoptedStyleSheets.push(sheet);
        }
        """;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("SHOTS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Takes a picture of what is in the window, named by the test's file, the screen, its width and its colors.</summary>
    public static async Task TakeAsync(IPage page, string screen, [CallerFilePath] string file = "")
    {
        if (Folder is null)
        {
            return;
        }

        await page.EvaluateAsync(Still);
        var isDark = await page.EvaluateAsync<bool>("() => matchMedia('(prefers-color-scheme: dark)').matches");
        var name = string.Concat($"{Path.GetFileNameWithoutExtension(file).Replace("Tests", "", StringComparison.Ordinal)} {screen}".Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));
        await page.ScreenshotAsync(new()
        {
            Path = Path.Combine(Folder, $"{name}-{page.ViewportSize?.Width}-{(isDark ? "dark" : "light")}.png"),
            Animations = ScreenshotAnimations.Disabled,
        });
        await page.EvaluateAsync("() => { document.adoptedStyleSheets.pop(); }");
    }
}
