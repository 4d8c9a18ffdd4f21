using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Web;

/// <summary>The script of the pages is the one of the framework that the server runs on.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class FrameworkScriptTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_load_it_once_and_it_can_pause_a_circuit(bool samples)
    {
        await using var host = samples ? await ChatHost.StartSamplesAsync([]) : await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()) };
        var path = Assert.Single(Script().Matches(await http.GetStringAsync(new Uri("/join", UriKind.Relative)))).Groups["path"].Value;
        // As of .NET 10; an older script would silently do nothing when it is asked to.
        Assert.Contains("pauseCircuit", await http.GetStringAsync(new Uri(path, UriKind.Relative)), StringComparison.Ordinal);
    }

    [GeneratedRegex("<script src=\"(?<path>_framework/blazor\\.web[^\"]*\\.js)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Script();
}
