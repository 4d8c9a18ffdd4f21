using System.Net.Http.Headers;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// OllamaSharp's client with answers that it can read whatever the server sends (<see cref="OllamaLines"/>), and whose connection
/// ends with the request's token: by itself it reads on until the next line comes.
/// </summary>
/// <param name="http">The connection; not disposed here.</param>
/// <param name="model">The model that is asked when the options name no other.</param>
internal sealed class OllamaServer(HttpClient http, string model) : OllamaApiClient(http, model)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendToOllamaAsync(
        HttpRequestMessage requestMessage, OllamaRequest? ollamaRequest, HttpCompletionOption completionOption, CancellationToken cancellationToken)
    {
        var response = await base.SendToOllamaAsync(requestMessage, ollamaRequest, completionOption, cancellationToken).ConfigureAwait(false);
        if (ollamaRequest is ChatRequest)
        {
            var lines = new OllamaLines(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), cancellationToken);
            response.Content = new StreamContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        }

        return response;
    }
}
