using System.Net;
using BlazorChat.Assistants.Providers;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Bounds the traffic of a server at an address. The configured headers, which are secrets, go to no other origin: the older protocol lets
/// the server name another address, and redirects do too. And no message can fill the memory.
/// </summary>
/// <param name="origin">The configured address.</param>
internal sealed class McpHttpHandler(Uri origin) : DelegatingHandler
{
    private const string SessionHeader = "Mcp-Session-Id";

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
        if (request.Headers.Contains(SessionHeader) && await IsSessionUnknownAsync(response, cancellationToken).ConfigureAwait(false))
        {
            response.Dispose();
            throw new McpSessionUnknownException();
        }

        var content = response.Content;
        var isStream = content.Headers.ContentType?.MediaType == "text/event-stream";
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Content = new StreamContent(new WholeCharactersStream(new MessageBoundStream(stream, McpSession.MessageBytes, isStream ? 2 : 0)));
        foreach (var header in content.Headers)
        {
            response.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return response;
    }

    /// <summary>Whether a server does not know the session of a request, which it then has not carried out. The protocol's status for that is 404; some answer with 400 and a sentence.</summary>
    private static async Task<bool> IsSessionUnknownAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return true;
        }

        return response.StatusCode == HttpStatusCode.BadRequest
            && (await ProviderError.ReadAsync(response, cancellationToken).ConfigureAwait(false)).Message.Contains("session", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>A server has forgotten the session, for example because it was restarted. What was asked of it was not done.</summary>
internal sealed class McpSessionUnknownException() : HttpRequestException("The server does not know the session any more.");
