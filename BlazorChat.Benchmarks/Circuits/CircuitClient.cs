using System.Diagnostics;
using System.Net.WebSockets;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// One browser tab without a browser: joins, loads a page, makes its components live over the circuit, acknowledges
/// every render batch at once, answers JavaScript calls, and notes what it saw.
/// </summary>
/// <param name="server">The server's root address.</param>
/// <param name="compress">Whether WebSocket compression is offered.</param>
internal sealed class CircuitClient(Uri server, bool compress) : IAsyncDisposable
{
    private static int _joined;

    private readonly BrowserSession _session = new(server);
    private readonly CancellationTokenSource _ending = new();
    private PageMarkers? _markers;
    private CircuitConversation? _conversation;
    private CircuitSocket? _socket;
    private Task _receiving = Task.CompletedTask;
    private bool _closing;

    /// <summary>What this viewer saw of the response that is measured.</summary>
    public ViewerLog Log { get; } = new();

    /// <summary>What the tab shows, if it was asked to keep it before it was started.</summary>
    public LogicalDom? Dom { get; init; }

    /// <summary>The session's bytes.</summary>
    public WireCounter Wire => _session.Wire;

    /// <summary>How many render batches came.</summary>
    public long Batches => _conversation?.Batches ?? 0;

    /// <summary>Why the circuit ended before it was closed from here, or null while it lives.</summary>
    public string? Failure => _conversation?.Failure;

    /// <summary>From the page's last byte to the first batch that brings something to see.</summary>
    public TimeSpan ConnectTime { get; private set; }

    /// <summary>Signs in.</summary>
    public Task JoinAsync(string name, CancellationToken cancellationToken) => _session.JoinAsync(name, cancellationToken);

    /// <summary>Joins as somebody whose name nobody has had: a server keeps the names of guests who do not say that they leave.</summary>
    public Task JoinAsync(CancellationToken cancellationToken) => JoinAsync($"Viewer {Interlocked.Increment(ref _joined)}", cancellationToken);

    /// <summary>Loads a page without making it live.</summary>
    /// <param name="path">The page's path on the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page> LoadAsync(string path, CancellationToken cancellationToken) =>
        _session.GetPageAsync(new Uri(_session.Server, path), cancellationToken);

    /// <summary>Makes a page live, once, and returns when its first batch came.</summary>
    /// <exception cref="InvalidOperationException">The page has no interactive component, or the circuit failed.</exception>
    public async Task StartAsync(Page page, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _markers = PageMarkers.Parse(page.Html, page.Address);
        if (_markers.Components.Count == 0)
        {
            throw new InvalidOperationException($"{page.Address} has no interactive component.");
        }

        _conversation = new CircuitConversation(_markers, Log, Wire, Dom);
        _socket = await CircuitSocket.ConnectAsync(_session, _markers.BaseUri, compress, cancellationToken);
        _receiving = ReceiveAsync(_socket, _conversation);
        await _socket.SendAsync(HubMessages.StartCircuit(_markers.BaseUri, page.Address, _markers.State), cancellationToken);
        await _conversation.FirstBatch.WaitAsync(cancellationToken);
        ConnectTime = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Says that it still lives.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        if (_socket is not null && Failure is null && !_closing)
        {
            await _socket.SendAsync(HubMessages.Ping, cancellationToken);
        }
    }

    /// <summary>Closes the tab: the server drops the circuit at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            if (_markers is not null && _conversation is { Failure: null, Circuit: { } circuit })
            {
                await _session.EndCircuitAsync(_markers.BaseUri, circuit, limit.Token);
            }

            await (_socket?.CloseAsync(limit.Token) ?? Task.CompletedTask);
        }
        catch (Exception error) when (error is HttpRequestException or WebSocketException or OperationCanceledException)
        {
            // The server has gone first: there is nothing left to end.
        }

        await _ending.CancelAsync();
        await _receiving;
        _socket?.Dispose();
        _session.Dispose();
        _ending.Dispose();
    }

    private async Task ReceiveAsync(CircuitSocket socket, CircuitConversation conversation)
    {
        var reason = "the server closed the connection";
        try
        {
            await socket.ReceiveAsync(conversation.Receive, _ending.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or FormatException)
        {
            reason = error.Message;
        }

        if (!_closing)
        {
            conversation.Fail(reason);
        }
    }
}
