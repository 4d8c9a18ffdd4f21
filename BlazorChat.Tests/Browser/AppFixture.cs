using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>An application with a model that the test speaks for, and whoever joins.</summary>
public sealed class AppFixture(Chromium chromium) : IAsyncDisposable
{
    private readonly List<BrowserVisitor> _visitors = [];

    private AppHost? _host;

    private AppProcess? _process;

    /// <summary>Its services, after <see cref="HostAsync"/>.</summary>
    public IServiceProvider Services => _host?.Services ?? throw new InvalidOperationException("It has a process of its own.");

    /// <summary>Its process, after <see cref="StartAsync"/>.</summary>
    public AppProcess App => _process ?? throw new InvalidOperationException("It has no process of its own.");

    /// <summary>Where it listens.</summary>
    public Uri Address => _host?.Address ?? App.Address;

    public LiveModel Model { get; private set; } = null!;

    public string Folder { get; } = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    /// <summary>What the process keeps everything in instead of the folder, or null; whoever sets it disposes of it.</summary>
    public TestData? Data { get; set; }

    public int Port { get; } = AppProcess.FreePort();

    /// <summary>Starts it in a process of its own, which can be stopped and killed, and started again.</summary>
    public async Task StartAsync(params (string Name, string Value)[] settings) =>
        _process = await AppProcess.StartAsync(Folder, Port, await EnvironmentAsync(settings));

    /// <summary>Starts it in this process, where it stays until the end.</summary>
    public async Task HostAsync(params (string Name, string Value)[] settings)
    {
        var environment = await EnvironmentAsync(settings);
        environment["DataFolder"] = Folder;
        _host = await AppHost.StartAsync(environment);
    }

    /// <summary>Ends it in this process, and starts it again with other settings and the same data.</summary>
    public async Task RestartAsync(params (string Name, string Value)[] settings)
    {
        await _host!.DisposeAsync();
        await HostAsync(settings);
    }

    /// <summary>Joins as somebody with a fresh browser profile; lands in the lobby.</summary>
    public Task<BrowserVisitor> JoinAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800) =>
        JoinAsync(name, Address, scheme, width, height);

    /// <summary>The same by the page where one gives a name; whoever wants to looks at it before.</summary>
    public async Task<BrowserVisitor> JoinByPageAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, Func<IPage, Task>? look = null)
    {
        var visitor = await BrowserVisitor.JoinByPageAsync(chromium.Browser, Address, name, scheme, width, look: look);
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>A fresh browser profile of nobody yet, without a page.</summary>
    public async Task<BrowserVisitor> VisitAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var visitor = await BrowserVisitor.VisitAsync(chromium.Browser, Address, name, scheme, width, 800);
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>Joins over a connection that can be cut.</summary>
    public Task<BrowserVisitor> JoinAsync(string name, TcpRelay relay) => JoinAsync(name, relay.Address, ColorScheme.Light, 1280, 800);

    /// <summary>Says something as a visitor, and answers as the model.</summary>
    /// <param name="visitor">Who says it.</param>
    /// <param name="text">What.</param>
    /// <param name="draft">What stands in the box before.</param>
    public async Task SayAsync(BrowserVisitor visitor, string text, string draft = "")
    {
        await Expect(visitor.Composer).ToHaveValueAsync(draft);
        await visitor.SendAsync(text);
        (await Model.NextAsync()).Finish($"You said: {text}");
        await Expect(visitor.ArticleBy("Demo").Last).ToContainTextAsync($"You said: {text}");
        // And it is stored: what is still running may be lost in part by a kill.
        await Expect(visitor.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("aria-busy", "true");
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync((string Name, string Value)[] settings)
    {
        Model ??= await LiveModel.StartAsync();
        var environment = Model.Environment;
        foreach (var (name, value) in settings.Concat((Data?.Environment ?? []).Select(s => (s.Key, s.Value))))
        {
            environment[name] = value;
        }

        return environment;
    }

    private async Task<BrowserVisitor> JoinAsync(string name, Uri address, ColorScheme scheme, int width, int height)
    {
        var visitor = await BrowserVisitor.JoinAsync(chromium.Browser, address, name, scheme, width, height);
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>Closes the browsers of all who have joined. Whoever shares the application between tests does so after each.</summary>
    public async Task LeaveAsync()
    {
        foreach (var visitor in _visitors)
        {
            await visitor.DisposeAsync();
        }

        _visitors.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (Model is not null)
        {
            await Model.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
