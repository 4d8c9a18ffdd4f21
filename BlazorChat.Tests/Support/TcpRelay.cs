using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BlazorChat.Tests.Support;

/// <summary>A cable between a browser and an application that a test can pull out.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly int _port;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _clients = new();
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile bool _isDeaf;
    private volatile bool _isMute;

    /// <summary>Relays to a port of this machine.</summary>
    public TcpRelay(int port)
    {
        _port = port;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>Where the browser finds the application.</summary>
    public Uri Address { get; }

    /// <summary>Closes what is open; what comes is closed, too.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var client in _clients.Keys)
        {
            client.Dispose();
        }
    }

    /// <summary>Loses what the browser says from now on; neither end learns of it before the cable is cut.</summary>
    public void Deafen() => _isDeaf = true;

    /// <summary>Loses what the application says from now on, such as acknowledgments; what the browser says arrives.</summary>
    public void Mute() => _isMute = true;

    /// <summary>Lets connections through again.</summary>
    public void Mend() => _isCut = _isDeaf = _isMute = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task RelayAsync(TcpClient browser)
    {
        using var app = new TcpClient();
        using (browser)
        {
            try
            {
                _clients[browser] = 0;
                if (!_isCut)
                {
                    await app.ConnectAsync(IPAddress.Loopback, _port);
                    var (near, far) = (browser.GetStream(), app.GetStream());
                    await Task.WhenAny(CarryAsync(near, far, count => _isDeaf ? 0 : count), CarryAsync(far, near, count => _isMute ? 0 : count));
                }
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or nobody is there: the browser's connection is closed.
            }
            finally
            {
                _clients.TryRemove(browser, out _);
            }
        }
    }

    private static async Task CarryAsync(NetworkStream from, NetworkStream to, Func<int, int> pass)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer) is var count and > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, pass(count)));
        }
    }
}
