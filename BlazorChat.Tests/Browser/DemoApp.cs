using BlazorChat.Tests.Support;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>An application as it is without any setting: its assistant is the demo, which calls tools when asked to.</summary>
public sealed class DemoApp(Chromium chromium) : IAsyncDisposable
{
    private readonly List<Visitor> _visitors = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    public AppProcess App { get; private set; } = null!;

    public async Task StartAsync(params (string Name, string Value)[] settings) =>
        App = await AppProcess.StartAsync(_folder, 0, settings.Prepend(("Assistants__DemoTokensPerSecond", "500")).ToDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal));

    public async Task<Visitor> JoinAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var visitor = await Visitor.JoinAsync(chromium.Browser, App.Address, name, scheme, width, height);
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

        Directory.Delete(_folder, recursive: true);
    }
}
