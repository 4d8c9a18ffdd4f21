using System.Net;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Web;

/// <summary>No other site's page opens a circuit or posts a form with a visitor's cookie.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class OriginCheckTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        _client = new HttpClient { BaseAddress = new Uri(_host.App.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_circuit_from_elsewhere_is_refused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add(header, value);
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);

        using var socket = new HttpRequestMessage(HttpMethod.Get, "/_blazor?id=x");
        socket.Headers.Add(header, value);
        using var refused = await _client.SendAsync(socket);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task The_sites_own_pages_and_links_from_elsewhere_are_served()
    {
        using var own = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        own.Headers.Add("Origin", _host.App.Urls.Single());
        using var negotiated = await _client.SendAsync(own);
        // Past this check; the next one asks who it is.
        Assert.Equal(HttpStatusCode.Unauthorized, negotiated.StatusCode);

        using var link = new HttpRequestMessage(HttpMethod.Get, "/join");
        link.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var page = await _client.SendAsync(link);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }
}
