using System.Text;
using BlazorChat.Tests.Support;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>A page's connection, on which a test can hold back what the page says from one call on.</summary>
internal sealed class HeldWire
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _waiting = [];
    private TaskCompletionSource? _held;
    private byte[]? _call;

    private HeldWire()
    {
    }

    /// <summary>Puts it between the server and a page, which is loaded again for it.</summary>
    public static async Task<HeldWire> ToAsync(BrowserVisitor visitor)
    {
        var wire = new HeldWire();
        await visitor.Page.RouteWebSocketAsync("**/_blazor?*", wire.Carry);
        await visitor.Page.ReloadAsync();
        await visitor.ReadyAsync();
        return wire;
    }

    /// <summary>Holds back the next call of a name and everything after it; what was held back before is said.</summary>
    public void Hold(string call)
    {
        lock (_lock)
        {
            LetGo();
            _call = Encoding.UTF8.GetBytes(call);
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until the call has been made.</summary>
    public Task IsHeldAsync() => _held!.Task.Soon();

    /// <summary>Says what was held back, to whom it was meant for.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _call = null;
            while (_waiting.TryDequeue(out var say))
            {
                say();
            }
        }
    }

    private void Carry(IWebSocketRoute page)
    {
        var server = page.ConnectToServer();
        page.OnMessage(frame =>
        {
            lock (_lock)
            {
                if (_call is not null && (_waiting.Count > 0 || frame.Binary?.AsSpan().IndexOf(_call) >= 0))
                {
                    _waiting.Enqueue(() => Say(server, frame));
                    _held!.TrySetResult();
                }
                else
                {
                    Say(server, frame);
                }
            }
        });
    }

    private static void Say(IWebSocketRoute server, IWebSocketFrame frame)
    {
        if (frame.Binary is { } binary)
        {
            server.Send(binary);
        }
        else
        {
            server.Send(frame.Text!);
        }
    }
}
