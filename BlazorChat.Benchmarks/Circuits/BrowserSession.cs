using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>A page as it came.</summary>
/// <param name="Address">Where the redirects ended.</param>
/// <param name="Html">Its text.</param>
/// <param name="Bytes">Its length in UTF-8.</param>
/// <param name="FirstByte">From the request to the first bytes of the response's body.</param>
/// <param name="Complete">From the request to the last.</param>
internal sealed record Page(Uri Address, string Html, int Bytes, TimeSpan FirstByte, TimeSpan Complete);

/// <summary>
/// One browser as far as HTTP goes: its own cookies and its own connection, whose bytes are counted. The circuit's
/// WebSocket goes through the same handler, and so through the same cookies and the same counter.
/// </summary>
internal sealed class BrowserSession : IDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;

    /// <summary>Begins a session without cookies.</summary>
    /// <param name="server">The server's root address.</param>
    public BrowserSession(Uri server)
    {
        Server = server;
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult(Wire.Count(context.PlaintextStream)),
        };
        _client = new HttpClient(_handler, disposeHandler: true) { Timeout = TimeSpan.FromSeconds(60) };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    /// <summary>The server's root address.</summary>
    public Uri Server { get; }

    /// <summary>The session's bytes.</summary>
    public WireCounter Wire { get; } = new();

    /// <summary>What a WebSocket connects through.</summary>
    public HttpMessageInvoker Invoker => _client;

    /// <summary>Signs in by the join page's form.</summary>
    /// <param name="name">The name to join with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task JoinAsync(string name, CancellationToken cancellationToken)
    {
        var page = await GetPageAsync(new Uri(Server, "/join"), cancellationToken);
        var form = JoinForm.Fill(page.Html, page.Address, name);
        using var content = new FormUrlEncodedContent(form.Fields);
        using var response = await _client.PostAsync(form.Action, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Loads a page, following redirects.</summary>
    public async Task<Page> GetPageAsync(Uri address, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var html = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var firstByte = TimeSpan.Zero;
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            firstByte = html.Length == 0 ? Stopwatch.GetElapsedTime(started) : firstByte;
            html.Write(buffer, 0, read);
        }

        var complete = Stopwatch.GetElapsedTime(started);
        return new Page(
            response.RequestMessage!.RequestUri!,
            Encoding.UTF8.GetString(html.GetBuffer(), 0, (int)html.Length),
            (int)html.Length,
            firstByte,
            complete);
    }

    /// <summary>Asks for a connection to the circuits' hub.</summary>
    /// <returns>The token that the WebSocket's address needs.</returns>
    public async Task<string> NegotiateAsync(Uri baseUri, CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsync(new Uri(baseUri, "_blazor/negotiate?negotiateVersion=1"), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var negotiated = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return negotiated.RootElement.GetProperty("connectionToken").GetString()
            ?? throw new FormatException("The hub's response has no connection token.");
    }

    /// <summary>
    /// Ends a circuit for good, as a browser does when its tab is closed; without it the server keeps the circuit for
    /// minutes in case the browser comes back.
    /// </summary>
    public async Task EndCircuitAsync(Uri baseUri, string circuit, CancellationToken cancellationToken)
    {
        using var content = new MultipartFormDataContent();
        using var field = new StringContent(circuit);
        content.Add(field, "circuitId");
        using var response = await _client.PostAsync(new Uri(baseUri, "_blazor/disconnect"), content, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
