using System.Net;
using System.Net.Http.Headers;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// Repairs a model's stream (<see cref="MendedStream"/>), and converts HTTP errors to <see cref="ChatFailureException"/> in the same way
/// for every provider's library. It is below the library, where status, headers and body are still together: some libraries drop
/// <c>Retry-After</c>, and some put the body, which may quote a key, into the exception's message.
/// </summary>
/// <param name="time">The clock that a <c>Retry-After</c> date is compared with.</param>
/// <param name="takesJson">Whether a JSON document with a success status is a response.</param>
internal sealed class ProviderHttpHandler(TimeProvider time, bool takesJson = false) : DelegatingHandler
{
    /// <summary>The most bytes of an error's body that are read.</summary>
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>Creates an HTTP client for a provider's library. It has no timeout: the guard handles timeouts.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="takesJson">Whether a JSON document with a success status is a response; otherwise it is an error.</param>
    public static HttpClient CreateClient(TimeProvider time, bool takesJson = false)
    {
        var sockets = new SocketsHttpHandler
        {
            // A redirect would send the key to an address that no one configured.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),

            // When a response is abandoned between two reads, the handler first drains it to keep the connection: two seconds by default,
            // in which the provider continues to write. The end of a finished response needs no more than this.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(50),
        };
        return new HttpClient(new ProviderHttpHandler(time, takesJson) { InnerHandler = sockets })
        {
            Timeout = Timeout.InfiniteTimeSpan,

            // For a response that is read as a whole: the same limit as for one line of a stream.
            MaxResponseContentBufferSize = MendedStream.MaxLineBytes,
        };
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var mediaType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
        if (response.IsSuccessStatusCode && mediaType is not "text/html" && (takesJson || mediaType is not "application/json"))
        {
            // Some servers give no type for their events, or a wrong one. Without JSON, events are the only possibility.
            if (!takesJson || mediaType is null or "text/event-stream" or "text/plain")
            {
                response.Content = await MendAsync(response.Content, cancellationToken).ConfigureAwait(false);
            }

            return response;
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var body = await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            var (code, message) = ProviderMessage.Parse(body);
            if (!response.IsSuccessStatusCode)
            {
                var failure = ChatFailures.Status(status, code, message, RetryAfter(response.Headers));
                failure.Parameter = ProviderMessage.Parameter(body);
                throw failure;
            }

            // Some servers report an error as a document with a success status.
            throw message.Length > 0 ? ChatFailures.ErrorEvent(code, message) : ChatFailures.NotAStream(status);
        }
    }

    private static async Task<HttpContent> MendAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var mended = new StreamContent(new MendedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)));
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            // Repaired lines may be longer or shorter.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                mended.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return mended;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxErrorBytes];
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var length = await stream.ReadAtLeastAsync(buffer, MaxErrorBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return buffer.AsMemory(0, length);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status says enough.
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        // OpenAI and Anthropic may send the finer one too.
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.First(), out var milliseconds)
            && milliseconds is >= 0 and <= int.MaxValue)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var wait = headers.RetryAfter?.Delta ?? headers.RetryAfter?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
