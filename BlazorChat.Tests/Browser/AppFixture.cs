using BlazorChat.Tests.Support;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>An application in a process of its own with a model that the test speaks for, and whoever joins.</summary>
public sealed class AppFixture(Chromium chromium) : IAsyncDisposable
{
    private readonly List<Visitor> _visitors = [];

    public AppProcess App { get; private set; } = null!;

    public LiveModel Model { get; private set; } = null!;

    public string Folder { get; } = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    /// <summary>What the process keeps everything in instead of the folder, or null; whoever sets it disposes of it.</summary>
    public TestData? Data { get; set; }

    public int Port { get; } = AppProcess.FreePort();

    public async Task StartAsync(params (string Name, string Value)[] settings)
    {
        Model ??= await LiveModel.StartAsync();
        var environment = Model.Environment;
        foreach (var (name, value) in settings.Concat((Data?.Environment ?? []).Select(s => (s.Key, s.Value))))
        {
            environment[name] = value;
        }

        App = await AppProcess.StartAsync(Folder, Port, environment);
    }

    /// <summary>Starts it as somebody does who has no model: with the demo assistant, which does on request what models do.</summary>
    public async Task StartDemoAsync() => App = await AppProcess.StartAsync(Folder, Port);

    /// <summary>Joins as somebody with a fresh browser profile; lands in the lobby.</summary>
    public Task<Visitor> JoinAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800) =>
        JoinAsync(name, App.Address, scheme, width, height);

    /// <summary>The same over a connection that can be cut.</summary>
    public Task<Visitor> JoinAsync(string name, TcpRelay relay) => JoinAsync(name, relay.Address, ColorScheme.Light, 1280, 800);

    private async Task<Visitor> JoinAsync(string name, Uri address, ColorScheme scheme, int width, int height)
    {
        var visitor = await Visitor.JoinAsync(chromium.Browser, address, name, scheme, width, height);
        _visitors.Add(visitor);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors)
        {
            await visitor.DisposeAsync();
        }

        if (App is not null)
        {
            await App.DisposeAsync();
        }

        if (Model is not null)
        {
            await Model.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
