using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Benchmarks.Circuits;

namespace BlazorChat.Tests.Support;

/// <summary>
/// A page as somebody writes it who has the cookie of a person and wants more than the page offers: it calls whatever it was given of its
/// circuit, with whatever arguments.
/// </summary>
internal sealed partial class HostilePage : IAsyncDisposable
{
    private readonly CircuitSocket _socket;
    private readonly CircuitConversation _conversation;
    private readonly LogicalDom _dom;
    private readonly Task _receiving;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(bool IsDone, string Json)>> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _objects = new(StringComparer.Ordinal);
    private int _lastCall;

    private HostilePage(CircuitSocket socket, CircuitConversation conversation, LogicalDom dom)
    {
        (_socket, _conversation, _dom) = (socket, conversation, dom);
        _receiving = ReceiveAsync();
    }

    /// <summary>What it shows.</summary>
    public string Text => _dom.Text();

    /// <summary>Whether its circuit has ended.</summary>
    public bool IsOver => _receiving.IsCompleted;

    /// <summary>Loads a page and makes it live.</summary>
    /// <param name="session">The cookies.</param>
    /// <param name="path">The page's address.</param>
    /// <param name="markers">What another page said about its interactive part, to be used instead of this page's own; or null.</param>
    public static async Task<HostilePage> OpenAsync(BrowserSession session, string path, PageMarkers? markers = null)
    {
        using var limit = new CancellationTokenSource(Guard.Patience);
        var address = new Uri(session.Server, path);
        markers ??= await MarkersAsync(session, path);
        var dom = new LogicalDom();
        var conversation = new CircuitConversation(markers, new ViewerLog(), session.Wire, dom);
        var page = new HostilePage(await CircuitSocket.ConnectAsync(session, markers.BaseUri, compress: false, limit.Token), conversation, dom);
        await page._socket.SendAsync(HubMessages.StartCircuit(markers.BaseUri, address, markers.State), limit.Token);
        await conversation.FirstBatch.WaitAsync(limit.Token);
        return page;
    }

    /// <summary>What a page says about its interactive part.</summary>
    public static async Task<PageMarkers> MarkersAsync(BrowserSession session, string path)
    {
        using var limit = new CancellationTokenSource(Guard.Patience);
        // Pages that answer 404 are pages, too.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(session.Server, path));
        using var response = await session.Invoker.SendAsync(request, limit.Token);
        return PageMarkers.Parse(await response.Content.ReadAsStringAsync(limit.Token), response.RequestMessage!.RequestUri!);
    }

    /// <summary>Calls a method of the object that a script of the page was given.</summary>
    /// <param name="script">The script's function, such as <c>blazorChat.connectComposer</c>.</param>
    /// <param name="method">The method.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The result as JSON; null if the call failed, or if the circuit has ended.</returns>
    public async Task<string?> CallAsync(string script, string method, params object?[] arguments) =>
        await CallAsync(await GivenAsync(script), method, JsonSerializer.Serialize(arguments));

    /// <summary>Waits until a script of the page was given its object.</summary>
    /// <returns>The object's number.</returns>
    public async Task<long> GivenAsync(string script)
    {
        using var limit = new CancellationTokenSource(Guard.Patience);
        long target;
        while (!_objects.TryGetValue(script, out target))
        {
            await Task.Delay(5, limit.Token);
        }

        return target;
    }

    /// <summary>Raises an event at whatever has a number.</summary>
    public async Task<string?> RaiseAsync(long handler, string name)
    {
        var descriptor = $$"""{"eventHandlerId":{{handler.ToString(CultureInfo.InvariantCulture)}},"eventName":"{{name}}","eventFieldInfo":null}""";
        var happened = name == "change" ? """{"value":"Taken over"}""" : """{"type":"click"}""";
        return await CallAsync(await GivenAsync("Blazor._internal.attachWebRendererInterop"), "DispatchEventAsync", $"[{descriptor},{happened}]");
    }

    /// <summary>Says that it has another address now.</summary>
    public Task NavigateAsync(Uri address) => _socket.SendAsync(HubMessages.Navigate(address), CancellationToken.None);

    /// <summary>Waits until it shows something.</summary>
    public async Task ShowsAsync(string text)
    {
        using var limit = new CancellationTokenSource(Guard.Patience);
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(limit.IsCancellationRequested, $"The page does not show “{text}”, but: {Text} {_conversation.Failure}");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<string?> CallAsync(long target, string method, string argumentsJson)
    {
        var id = Interlocked.Increment(ref _lastCall).ToString(CultureInfo.InvariantCulture);
        var answer = _calls[id] = new TaskCompletionSource<(bool IsDone, string Json)>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsOver)
        {
            return null;
        }

        try
        {
            await _socket.SendAsync(HubMessages.CallDotNet(id, target, method, argumentsJson), CancellationToken.None);
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            return null;
        }

        await Task.WhenAny(answer.Task, _receiving).WaitAsync(Guard.Patience);
        return answer.Task.IsCompletedSuccessfully && (await answer.Task) is { IsDone: true, Json: var json } ? json : null;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Receive, CancellationToken.None);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed by either side.
        }
    }

    private byte[]? Receive(ReadOnlySpan<byte> message)
    {
        var reader = new BlazorPackReader(message);
        reader.ReadArrayHeader();
        if (reader.ReadInt64() == HubMessages.Invocation)
        {
            reader.Skip();
            reader.Skip();
            var method = reader.ReadString();
            reader.ReadArrayHeader();
            if (method == "JS.BeginInvokeJS")
            {
                _ = reader.ReadInt64();
                var script = reader.ReadString()!;
                if (ObjectNumber().Match(reader.ReadString() ?? "") is { Success: true } given)
                {
                    _objects[script] = long.Parse(given.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
                }
            }
            else if (method == "JS.EndInvokeDotNet")
            {
                var id = reader.ReadString()!;
                var isDone = reader.ReadBoolean();
                if (_calls.TryRemove(id, out var call))
                {
                    call.TrySetResult((isDone, reader.ReadString() ?? "null"));
                }
            }
        }

        return _conversation.Receive(message);
    }

    [GeneratedRegex("\"__dotNetObject\":(?<number>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ObjectNumber();
}
