using System.Net;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Web;

/// <summary>Scripts that an operator adds to the pages.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class WebScriptsTests
{
    [Theory]
    [InlineData("https://evil.example/x.js")]
    [InlineData("//evil.example/x.js")]
    [InlineData("/../secrets.js")]
    [InlineData("/js\\app.js")]
    [InlineData("/js/app.js?x=.js")]
    [InlineData("js/app.js")]
    [InlineData("/css/app.css")]
    [InlineData("/js/not-there.js")]
    public async Task What_is_no_script_of_this_server_stops_the_start_with_its_name(string path)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: [$"--Web:Scripts:0={path}"]));
        Assert.Contains("Web:Scripts:0", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_loads_them_and_may_ask_for_place_and_clipboard()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening, "--Web:Scripts:0=/js/copy.js"]);
        var address = host.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        var page = await client.GetAsync("/join");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Matches("<script type=\"module\" src=\"js/copy[^\"]*\\.js\"></script>", await page.Content.ReadAsStringAsync());
        var policy = page.Headers.GetValues("Permissions-Policy").Single();
        foreach (var feature in new[] { "geolocation=(self)", "clipboard-read=(self)", "clipboard-write=(self)", "camera=()" })
        {
            Assert.Contains(feature, policy, StringComparison.Ordinal);
        }
    }
}
