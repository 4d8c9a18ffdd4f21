using System.Net.Http.Headers;
using BlazorChat.Assistants.Providers.Streams;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// OllamaSharp's client, with responses that it can read whatever the server sends (<see cref="MendedStream"/>), and with a connection that
/// ends with the request's token: the library itself would read on until the next line.
/// </summary>
/// <param name="http">The HTTP client; not disposed here.</param>
/// <param name="model">The model to ask if the options name no other.</param>
/// <param name="unreadable">Told how many lines of a response could not be read, if any.</param>
internal sealed class OllamaServer(HttpClient http, string model, Action<int>? unreadable = null) : OllamaApiClient(http, model)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendToOllamaAsync(
        HttpRequestMessage requestMessage, OllamaRequest? ollamaRequest, HttpCompletionOption completionOption, CancellationToken cancellationToken)
    {
        var response = await base.SendToOllamaAsync(requestMessage, ollamaRequest, completionOption, cancellationToken).ConfigureAwait(false);
        if (ollamaRequest is ChatRequest)
        {
            var lines = new MendedStream(
                await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), ModelProtocol.Ollama, unreadable, cancellationToken);
            response.Content = new StreamContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        }

        return response;
    }
}
