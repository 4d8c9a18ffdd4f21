using System.Net.WebSockets;
using System.Text;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>Takes one hub message and gives the frame to answer with, or null.</summary>
internal delegate byte[]? HubMessageHandler(ReadOnlySpan<byte> message);

/// <summary>A WebSocket to the circuits' hub, after the handshake: hub messages in, frames out.</summary>
internal sealed class CircuitSocket : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);

    private CircuitSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="session">Whose cookies and connection are used.</param>
    /// <param name="baseUri">The page's base address.</param>
    /// <param name="compress">Whether permessage-deflate is offered, as browsers do; the server decides.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CircuitSocket> ConnectAsync(
        BrowserSession session, Uri baseUri, bool compress, CancellationToken cancellationToken)
    {
        var token = await session.NegotiateAsync(baseUri, cancellationToken);
        var address = new UriBuilder(new Uri(baseUri, "_blazor?id=" + Uri.EscapeDataString(token)))
        {
            Scheme = baseUri.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        };

        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.SetRequestHeader("Origin", baseUri.GetLeftPart(UriPartial.Authority));
            socket.Options.DangerousDeflateOptions = compress ? new WebSocketDeflateOptions() : null;
            await socket.ConnectAsync(address.Uri, session.Invoker, cancellationToken);
            await socket.SendAsync(HubMessages.Handshake, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

            var buffer = new byte[1024];
            var response = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            var text = Encoding.UTF8.GetString(buffer, 0, response.Count);
            return text.StartsWith("{}", StringComparison.Ordinal)
                ? new CircuitSocket(socket)
                : throw new FormatException($"The hub refused the handshake: {text}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one frame.</summary>
    public async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Hands every hub message to the handler, and sends its response at once, until the server closes.</summary>
    public async Task ReceiveAsync(HubMessageHandler handler, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (true)
        {
            var result = await _socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            filled += result.Count;
            var taken = 0;
            while (HubFrame.TryFind(buffer.AsSpan(taken, filled - taken), out var frame))
            {
                var response = handler(buffer.AsSpan(taken + frame.Start, frame.End - frame.Start));
                taken += frame.End;
                if (response is not null)
                {
                    await SendAsync(response, cancellationToken);
                }
            }

            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    /// <summary>Says good-bye, without waiting for the response.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) =>
        _socket.State == WebSocketState.Open
            ? _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken)
            : Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }
}
