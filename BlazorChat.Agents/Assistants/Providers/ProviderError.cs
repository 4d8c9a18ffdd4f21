using System.Text;

namespace BlazorChat.Assistants.Providers;

/// <summary>What the body of an HTTP error says.</summary>
/// <param name="Code">The provider's code or type of the error, or null.</param>
/// <param name="Message">The provider's message, unprocessed; may be empty.</param>
/// <param name="Parameter">The field of the request that the error names, or null.</param>
internal sealed record ProviderError(string? Code, string Message, string? Parameter)
{
    /// <summary>The most bytes that are read.</summary>
    private const int MaxBytes = 64 * 1024;

    // Some servers keep the connection open behind the error.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

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
        var text = InUtf8(body, again.Headers.ContentType?.CharSet);
        var (code, message) = ProviderMessage.Parse(text);
        return new ProviderError(code, message, ProviderMessage.Parameter(text));
    }

    private static async Task<byte[]> ReadBytesAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        var length = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var stream = await content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            while (length < MaxBytes && await stream.ReadAsync(buffer.AsMemory(length), patience.Token).ConfigureAwait(false) is > 0 and var count)
            {
                length += count;
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The status says enough, with what came before.
        }

        return buffer[..length];
    }

    private static byte[] InUtf8(byte[] body, string? charset)
    {
        if (string.IsNullOrEmpty(charset))
        {
            return body;
        }

        try
        {
            return Encoding.Convert(Encoding.GetEncoding(charset.Trim('"', '\'', ' ')), Encoding.UTF8, body);
        }
        catch (ArgumentException)
        {
            // Nobody knows its name.
            return body;
        }
    }
}
