namespace BlazorChat.Assistants.Providers;

/// <summary>What the body of an HTTP error says.</summary>
/// <param name="Code">The provider's code or type of the error, or null.</param>
/// <param name="Message">The provider's message, unprocessed; may be empty.</param>
/// <param name="Parameter">The field of the request that the error names, or null.</param>
internal sealed record ProviderError(string? Code, string Message, string? Parameter)
{
    /// <summary>The most bytes that are read.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads the body of a response, which can be read again afterward.</summary>
    public static async Task<ProviderError> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBytesAsync(response.Content, cancellationToken).ConfigureAwait(false);
        var again = new ByteArrayContent(body);
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                again.Headers.TryAddWithoutValidation(name, values);
            }
        }

        response.Content.Dispose();
        response.Content = again;
        var (code, message) = ProviderMessage.Parse(body);
        return new ProviderError(code, message, ProviderMessage.Parameter(body));
    }

    private static async Task<byte[]> ReadBytesAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await stream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return buffer[..length];
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status says enough.
            return [];
        }
    }
}
