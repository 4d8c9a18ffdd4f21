using System.Net;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Web;

/// <summary>The name, the logo and the accent that an operator gives the server.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ServerLookTests
{
    [Theory]
    [InlineData("Name", "")]
    [InlineData("Name", " Acme")]
    [InlineData("Name", "A name that has more characters than anybody reads in the title of a page")]
    [InlineData("Logo", "/not-there.svg")]
    [InlineData("Logo", "/css/app.css")]
    [InlineData("Logo", "//evil.example/logo.svg")]
    [InlineData("Accent", "red")]
    [InlineData("Accent", "#12345")]
    public async Task A_wrong_setting_stops_the_start_with_its_name(string setting, string value)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: [$"--Web:{setting}={value}"]));
        Assert.Contains($"Web:{setting}", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_has_them()
    {
        var logo = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.svg");
        await File.WriteAllTextAsync(logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        try
        {
            await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening, "--Web:Name=Acme & Co", $"--Web:Logo={logo}", "--Web:Accent=#FFD400"]);
            using var client = Client(host);
            var page = await client.GetStringAsync("/join");
            Assert.Contains("<title>Join – Acme &amp; Co</title>", page, StringComparison.Ordinal);
            Assert.Contains("<link rel=\"icon\" href=\"logo\" type=\"image/svg&#x2B;xml\"", page, StringComparison.Ordinal);
            Assert.Contains("<img src=\"logo\" alt=\"\">", page, StringComparison.Ordinal);
            Assert.Contains("<link rel=\"stylesheet\" href=\"accent/ffd400.css\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", page, StringComparison.Ordinal);

            var shown = await client.GetAsync("/logo");
            Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (shown.StatusCode, shown.Content.Headers.ContentType?.MediaType));
        }
        finally
        {
            File.Delete(logo);
        }
    }

    [Fact]
    public async Task Styles_are_given_for_colors_alone()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        using var client = Client(host);
        var styles = await client.GetAsync("/accent/1d4ed8.css");
        Assert.Equal("text/css", styles.Content.Headers.ContentType?.MediaType);
        Assert.Contains("--accent: light-dark(#1d4ed8, ", await styles.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var other in new[] { "1d4ed8", "red.css", "1d4ed8;}.css", ".css" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/accent/" + Uri.EscapeDataString(other))).StatusCode);
        }

        // No logo is set, so that is a page like any that does not exist.
        Assert.Equal("text/html", (await client.GetAsync("/logo")).Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("accent/", await client.GetStringAsync("/join"), StringComparison.Ordinal);
    }

    private static HttpClient Client(ChatHost host) =>
        new() { BaseAddress = new Uri(host.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
}
