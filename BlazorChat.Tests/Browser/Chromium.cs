using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>One browser for all tests of a collection; each person gets a context of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // The one without windows is the same engine at half the work for the processor.
    private static readonly string[] Known = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? Known.FirstOrDefault(File.Exists),
            // What draws needs no process of its own without a graphics card: a tenth less for the processor.
            Args = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>Browser tests of one application that runs on: one class after the other, each with an application and a few pages.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser";
}

/// <summary>Browser tests of what one person reads and writes, beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class ReadingAndWritingTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser, reading and writing";
}

/// <summary>Browser tests of applications that are killed and start again, beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class KillTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser, kills";
}

/// <summary>Browser tests of applications that stop and start again, beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class RestartTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser, restarts";
}
