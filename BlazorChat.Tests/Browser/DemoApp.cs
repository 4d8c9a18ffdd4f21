using BlazorChat.Tests.Support;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>An application as it is without any setting: its assistant is the demo, which calls tools when asked to.</summary>
public sealed class DemoApp(Chromium chromium) : IAsyncDisposable
{
    private readonly List<BrowserVisitor> _visitors = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    private AppHost? _host;

    public async Task StartAsync(params (string Name, string Value)[] settings) =>
        _host = await AppHost.StartAsync(
            settings.Concat([("DataFolder", _folder), ("Assistants__DemoTokensPerSecond", "500")]).ToDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal));

    public async Task<BrowserVisitor> JoinAsync(string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var visitor = await BrowserVisitor.JoinAsync(chromium.Browser, _host!.Address, name, scheme, width, height);
        _visitors.Add(visitor);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors)
        {
            await visitor.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
