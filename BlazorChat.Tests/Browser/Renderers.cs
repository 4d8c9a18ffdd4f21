using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>
/// The processes of pages that were opened since: stopped, they sleep as on a laptop whose lid is closed. (The browser's own
/// freezing of pages does nothing without a window.)
/// </summary>
internal sealed class Renderers : IAsyncDisposable
{
    private readonly ICDPSession _browser;
    private HashSet<int> _before = [];
    private int[] _frozen = [];

    private Renderers(ICDPSession browser) => _browser = browser;

    public static async Task<Renderers> BeforeAsync(IBrowser browser)
    {
        var renderers = new Renderers(await browser.NewBrowserCDPSessionAsync());
        renderers._before = [.. await renderers.ReadAsync()];
        return renderers;
    }

    public async Task FreezeNewAsync()
    {
        _frozen = [.. (await ReadAsync()).Where(id => !_before.Contains(id))];
        Assert.NotEmpty(_frozen);
        Signal("-STOP");
    }

    public void Thaw()
    {
        Signal("-CONT");
        _frozen = [];
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await _browser.DetachAsync();
    }

    private void Signal(string signal)
    {
        if (_frozen.Length > 0)
        {
            using var kill = Process.Start("kill", [signal, .. _frozen.Select(id => id.ToString())]);
            kill.WaitForExit();
        }
    }

    private async Task<IEnumerable<int>> ReadAsync()
    {
        var processes = (await _browser.SendAsync("SystemInfo.getProcessInfo"))!.Value.GetProperty("processInfo");
        return processes.EnumerateArray().Where(IsRenderer).Select(p => p.GetProperty("id").GetInt32());
    }

    private static bool IsRenderer(JsonElement process) => process.GetProperty("type").ValueEquals("renderer");
}
