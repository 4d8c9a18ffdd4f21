using System.Globalization;
using System.Net.Http.Headers;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// Writes a model's stream anew (<see cref="MendedStream"/>), and converts HTTP errors to <see cref="ChatFailureException"/> in the same way
/// for every provider's library. It is below the library, where status, headers and body are still together: some libraries drop
/// <c>Retry-After</c>, and some put the body, which may quote a key, into the exception's message.
/// </summary>
/// <param name="protocol">The server's protocol; null if the server sends no events.</param>
/// <param name="time">The clock that a <c>Retry-After</c> date is compared with.</param>
/// <param name="unreadable">Told how many events of a response could not be read, if any.</param>
internal sealed class ProviderHttpHandler(ModelProtocol? protocol, TimeProvider time, Action<int>? unreadable = null) : DelegatingHandler
{
    // What a number may say at most: nobody waits as long anyway.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var mediaType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
        if (response.IsSuccessStatusCode && mediaType is not "text/html")
        {
            if (protocol is { } known && HasEvents(known, mediaType))
            {
                response.Content = await MendAsync(response.Content, known, cancellationToken).ConfigureAwait(false);
            }

            return response;
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var error = await ProviderError.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                throw ChatFailures.NotAStream(status, error.Message);
            }

            var failure = ChatFailures.Status(status, error.Code, error.Message, RetryAfter(response.Headers));
            failure.Parameter = error.Parameter;
            throw failure;
        }
    }

    // Some servers give no type for their events, or a wrong one, and some answer with JSON although a stream was asked for. Only of a
    // connector it is not known what it asked for.
    private static bool HasEvents(ModelProtocol protocol, string? mediaType) =>
        protocol != ModelProtocol.Unknown || mediaType is null or "text/event-stream" or "text/plain";

    private async Task<HttpContent> MendAsync(HttpContent content, ModelProtocol known, CancellationToken cancellationToken)
    {
        var mended = new StreamContent(new MendedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), known, unreadable));
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                mended.Headers.TryAddWithoutValidation(name, values);
            }
        }

        // Whatever the server called it.
        mended.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return mended;
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        // OpenAI and Anthropic may send the finer one too.
        if (First(headers, "retry-after-ms") is { } finer && double.TryParse(finer, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0)
        {
            return TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestWait.TotalMilliseconds));
        }

        // Seconds or a date; some servers send parts of a second, or a unit.
        if (First(headers, "Retry-After") is not { } given)
        {
            return null;
        }

        if (double.TryParse(given.TrimEnd('s', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? 0 : seconds, 0, LongestWait.TotalSeconds));
        }

        var wait = headers.RetryAfter?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault()?.Split(',')[0].Trim() : null;
}
