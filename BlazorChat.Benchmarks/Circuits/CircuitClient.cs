using System.Diagnostics;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// One browser tab without a browser: joins, loads a page, makes its components live over the circuit, acknowledges
/// every render batch at once, answers JavaScript calls, and notes what it saw.
/// </summary>
/// <param name="server">The server's root address.</param>
/// <param name="compress">Whether WebSocket compression is offered.</param>
internal sealed class CircuitClient(Uri server, bool compress) : IAsyncDisposable
{
    private readonly BrowserSession _session = new(server);
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _firstBatch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CircuitSocket? _socket;
    private PageMarkers? _markers;
    private Task _receiving = Task.CompletedTask;
    private string? _circuit;
    private bool _closing;
    private long _batches;
    private long _objects;

    /// <summary>What this viewer saw of the reply that is measured.</summary>
    public ViewerLog Log { get; } = new();

    /// <summary>What the tab shows, if it was asked to keep it before it was started.</summary>
    public LogicalDom? Dom { get; init; }

    /// <summary>The session's bytes.</summary>
    public WireCounter Wire => _session.Wire;

    /// <summary>How many render batches came.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Why the circuit ended before it was closed from here, or null while it lives.</summary>
    public string? Failure { get; private set; }

    /// <summary>From the page's last byte to the first batch that brings something to see.</summary>
    public TimeSpan ConnectTime { get; private set; }

    /// <summary>Signs in.</summary>
    public Task JoinAsync(string name, CancellationToken cancellationToken) => _session.JoinAsync(name, cancellationToken);

    /// <summary>Loads a page without making it live.</summary>
    /// <param name="path">The page's path on the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page> LoadAsync(string path, CancellationToken cancellationToken) =>
        _session.GetPageAsync(new Uri(_session.Server, path), cancellationToken);

    /// <summary>Makes a page live, and returns when its first batch came.</summary>
    /// <exception cref="InvalidOperationException">The page has no interactive component, or the server refused.</exception>
    public async Task StartAsync(Page page, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _markers = PageMarkers.Parse(page.Html, page.Address);
        if (_markers.Components.Count == 0)
        {
            throw new InvalidOperationException($"{page.Address} has no interactive component.");
        }

        _socket = await CircuitSocket.ConnectAsync(_session, _markers.BaseUri, compress, cancellationToken);
        _receiving = ReceiveAsync(_socket);
        await _socket.SendAsync(HubMessages.StartCircuit(_markers.BaseUri, page.Address, _markers.State), cancellationToken);
        await _firstBatch.Task.WaitAsync(cancellationToken);
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
            if (_circuit is not null && _markers is not null && Failure is null)
            {
                await _session.EndCircuitAsync(_markers.BaseUri, _circuit, limit.Token);
            }

            await (_socket?.CloseAsync(limit.Token) ?? Task.CompletedTask);
        }
        catch (Exception error) when (error is HttpRequestException or System.Net.WebSockets.WebSocketException or OperationCanceledException)
        {
            // The server has gone first: there is nothing left to end.
        }

        await _ending.CancelAsync();
        await _receiving;
        _socket?.Dispose();
        _session.Dispose();
        _ending.Dispose();
    }

    private async Task ReceiveAsync(CircuitSocket socket)
    {
        try
        {
            await socket.ReceiveAsync(Receive, _ending.Token);
            Fail("the server closed the connection");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever ends the loop ends this circuit alone, and is told in the report.
            Fail(error.Message);
        }
    }

    private void Fail(string reason)
    {
        if (!_closing)
        {
            Failure ??= reason;
            _firstBatch.TrySetException(new InvalidOperationException($"The circuit failed: {reason}"));
        }
    }

    private byte[]? Receive(ReadOnlySpan<byte> message)
    {
        var reader = new BlazorPackReader(message);
        reader.ReadArrayHeader();
        switch (reader.ReadInt64())
        {
            case HubMessages.Invocation:
                reader.Skip();
                reader.Skip();
                return ReceiveCall(ref reader);
            case HubMessages.Completion:
                reader.Skip();
                return ReceiveResult(ref reader);
            case HubMessages.Close:
                Fail($"the hub closed: {reader.ReadString()}");
                return null;
            default:
                return null;
        }
    }

    private byte[]? ReceiveCall(ref BlazorPackReader reader)
    {
        var method = reader.ReadBytes();
        reader.ReadArrayHeader();
        if (method.SequenceEqual("JS.RenderBatch"u8))
        {
            return ReceiveBatch(reader.ReadInt64(), reader.ReadBytes());
        }

        if (method.SequenceEqual("JS.BeginInvokeJS"u8))
        {
            return ReceiveJavaScriptCall(ref reader);
        }

        if (method.SequenceEqual("JS.Error"u8))
        {
            Fail($"an unhandled error in the circuit: {reader.ReadString()}");
        }

        return null;
    }

    private byte[] ReceiveBatch(long number, ReadOnlySpan<byte> bytes)
    {
        var now = Stopwatch.GetTimestamp();
        var received = Wire.Received;
        var batch = new RenderBatch(bytes);
        for (var i = 0; i < batch.StringCount; i++)
        {
            Log.Scan(batch.StringAt(i), now, received);
        }

        Dom?.Apply(batch);
        Volatile.Write(ref _batches, _batches + 1);
        if (batch.FrameCount > 0)
        {
            _firstBatch.TrySetResult();
        }

        return HubMessages.RenderCompleted(number);
    }

    // Arguments: the call's number (0 when nobody waits), the function's name, its arguments as JSON, the kind of its
    // result (0 JSON, 1 an object that stays in the browser, 2 a stream, 3 nothing), and what follows is of no interest.
    private byte[]? ReceiveJavaScriptCall(ref BlazorPackReader reader)
    {
        const int ObjectReference = 1;
        var now = Stopwatch.GetTimestamp();
        var call = reader.ReadInt64();
        reader.Skip();
        Log.Scan(reader.ReadBytes(), now, Wire.Received);
        if (call == 0)
        {
            return null;
        }

        var result = reader.ReadInt64() == ObjectReference ? $$"""{"__jsObjectId":{{++_objects}}}""" : "null";
        return HubMessages.JavaScriptResult(call, result);
    }

    // Result kinds: 1 an error, 2 nothing, 3 a value.
    private byte[]? ReceiveResult(ref BlazorPackReader reader)
    {
        const int Error = 1;
        var id = reader.ReadString();
        if (reader.ReadInt64() == Error)
        {
            Fail($"the hub refused a call: {reader.ReadString()}");
            return null;
        }

        if (id != HubMessages.StartCircuitId)
        {
            return null;
        }

        _circuit = reader.ReadString();
        if (_circuit is null)
        {
            Fail("the hub started no circuit");
            return null;
        }

        return HubMessages.UpdateRootComponents(_markers!.Components, _markers.State);
    }
}
