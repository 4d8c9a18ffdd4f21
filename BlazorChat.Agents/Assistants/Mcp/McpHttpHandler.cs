using System.Net;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Bounds the traffic of a server at an address. The configured headers, which are secrets, go to no other origin: the older protocol lets
/// the server name another address, and redirects do too. And no message can fill the memory.
/// </summary>
/// <param name="origin">The configured address.</param>
internal sealed class McpHttpHandler(Uri origin) : DelegatingHandler
{
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(2);

    public static HttpClient CreateClient(Uri address) =>
        new(new McpHttpHandler(address)
        {
            InnerHandler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(15),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ResponseDrainTimeout = TimeSpan.FromMilliseconds(50),
            },
        })
        {
            // Streams stay open as long as the session; connecting and calls have timeouts of their own.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = McpSession.MessageBytes,
        };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } address || address.Scheme != origin.Scheme || !string.Equals(address.Authority, origin.Authority, StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpRequestException("The server redirects to another host, which is not configured.");
        }

        // Nothing else bounds the request that ends a session, and the shutdown of the application waits for it.
        using var patience = request.Method == HttpMethod.Delete ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : null;
        patience?.CancelAfter(GoodbyePatience);
        var response = await base.SendAsync(request, patience?.Token ?? cancellationToken).ConfigureAwait(false);
        var content = response.Content;
        var isStream = content.Headers.ContentType?.MediaType == "text/event-stream";
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Content = new StreamContent(new MessageBoundStream(stream, McpSession.MessageBytes, isStream ? 2 : 0));
        foreach (var header in content.Headers)
        {
            response.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return response;
    }
}
