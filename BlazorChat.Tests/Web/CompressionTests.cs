using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Web;

/// <summary>What the server and a page agree on before they compress: neither side keeps a window, which the server would hold for each page.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class CompressionTests
{
    [Theory]
    // As Chromium, Firefox and Safari ask.
    [InlineData("permessage-deflate; client_max_window_bits", true)]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate; client_no_context_takeover; client_max_window_bits", true)]
    // Two offers: the framework takes one. It is left alone.
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", false)]
    [InlineData(null, false)]
    public async Task Neither_side_remembers_what_it_has_sent(string? offer, bool isTold)
    {
        await using var chat = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        var server = new Uri(chat.App.Urls.First());
        using var session = new BrowserSession(server);
        using var limit = new CancellationTokenSource(Guard.Patience);
        await session.JoinAsync("Grace", limit.Token);
        var token = await session.NegotiateAsync(server, limit.Token);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "_blazor?id=" + Uri.EscapeDataString(token)));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Origin", server.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        if (offer is not null)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Extensions", offer);
        }

        using var response = await Assert.IsType<HttpClient>(session.Invoker).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);

        Assert.Equal(System.Net.HttpStatusCode.SwitchingProtocols, response.StatusCode);
        var agreed = response.Headers.TryGetValues("Sec-WebSocket-Extensions", out var values) ? string.Join(';', values) : "";
        Assert.Equal(isTold, agreed.Contains("client_no_context_takeover", StringComparison.Ordinal));
        Assert.Equal(offer is not null, agreed.Contains("server_no_context_takeover", StringComparison.Ordinal));
    }
}
