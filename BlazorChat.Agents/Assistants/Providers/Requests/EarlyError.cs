using System.Runtime.ExceptionServices;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>
/// The error that a stream begins with although its status is a success: some servers say only there that they refuse a request. The
/// stream is read up to its first event, and can be read again from its beginning.
/// </summary>
internal static class EarlyError
{
    // What comes before the first event, and that event. A longer one is no error.
    private const int MostBytes = 16 * 1024;

    /// <summary>Reads the beginning of a response; null if it is not an error, or if the response has the status of one.</summary>
    public static async Task<ProviderError?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[MostBytes];
        var length = 0;
        ReadOnlyMemory<byte> first = default;
        var isKnown = false;
        ExceptionDispatchInfo? failure = null;
        try
        {
            while (!isKnown && length < buffer.Length)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                length += count;
                ModelPulse.Beat();
                isKnown = TryFindData(buffer.AsMemory(0, length), isEnd: count == 0, out first) || count == 0;
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            // Whoever reads the response meets it again.
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        var content = new StreamContent(new PeekedStream(buffer.AsMemory(0, length), stream, failure));
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
        if (first.Span.IndexOf("error"u8) < 0)
        {
            return null;
        }

        var (code, message) = ProviderMessage.Parse(first);
        return message.Length > 0 ? new ProviderError(code, message, ProviderMessage.Parameter(first)) : null;
    }

    /// <summary>Finds the data of the first event, or the document in its place; false if more must be read first.</summary>
    private static bool TryFindData(ReadOnlyMemory<byte> read, bool isEnd, out ReadOnlyMemory<byte> data)
    {
        data = default;
        while (!read.IsEmpty)
        {
            var end = read.Span.IndexOfAny((byte)'\n', (byte)'\r');
            var line = read[..(end < 0 ? read.Length : end)].TrimStart("\uFEFF \t"u8);
            if (line.Span is [(byte)'{' or (byte)'[', ..])
            {
                // A document may have several lines.
                var isComplete = end >= 0 && line.TrimEnd(" \t"u8).Span is [.., (byte)'}' or (byte)']'];
                data = isComplete ? line : read;
                return isComplete || isEnd;
            }

            if (end < 0 && !isEnd)
            {
                return false;
            }

            if (line.Span.StartsWith("data:"u8) && line["data:"u8.Length..].Trim(" \t"u8) is { IsEmpty: false } found)
            {
                data = found;
                return true;
            }

            read = end < 0 ? default : read[(end + 1)..];
        }

        return false;
    }
}
