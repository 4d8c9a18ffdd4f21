using System.Collections.Concurrent;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Web;

/// <summary>What pages leave behind that connect and drop, again and again.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class DroppedPageTests
{
    [Fact]
    public async Task A_page_that_drops_while_its_browser_owes_answers_leaves_nothing_behind()
    {
        const int Pages = 12;
        var circuits = new SeenCircuits();
        await using var chat = await ChatHost.StartAsync(
            b => b.Services.AddScoped<CircuitHandler>(_ => new Watcher(circuits)), settings: [ChatHost.Listening, "--Web:Circuits:DisconnectedMaxRetained=1"]);
        var room = await chat.RoomAsync();
        using var session = new BrowserSession(new Uri(chat.App.Urls.First()));
        using var limit = new CancellationTokenSource(Guard.Patience);
        await session.JoinAsync("Ada", limit.Token);
        for (var i = 0; i < Pages; i++)
        {
            await DropAsync(session, new Uri(session.Server, $"/rooms/{room.Id}"), limit.Token);
        }

        // All but the one that is kept, and long before the minute that the framework would wait for answers by default.
        while (circuits.Closed < Pages - 1 || Alive() > 2)
        {
            Assert.False(limit.IsCancellationRequested, $"{circuits.Closed} of {Pages} circuits were closed, and {Alive()} are still in memory.");
            await Task.Delay(20, CancellationToken.None);
        }

        int Alive()
        {
            GC.Collect();
            return circuits.All.Count(c => c.IsAlive);
        }
    }

    // Loads a page, makes it live, answers no call of its scripts, and is gone.
    private static async Task DropAsync(BrowserSession session, Uri address, CancellationToken cancellationToken)
    {
        var page = await session.GetPageAsync(address, cancellationToken);
        var markers = PageMarkers.Parse(page.Html, page.Address);
        var conversation = new CircuitConversation(markers, new ViewerLog(), session.Wire, null);
        var owed = new SemaphoreSlim(0);
        Task receiving;
        using (var socket = await CircuitSocket.ConnectAsync(session, markers.BaseUri, compress: false, cancellationToken))
        {
            receiving = socket.ReceiveAsync(
                message =>
                {
                    var isCall = message.IndexOf("blazorChat.connectComposer"u8) >= 0;
                    var answer = conversation.Receive(message);
                    if (isCall)
                    {
                        owed.Release();
                    }

                    return message.IndexOf("JS.BeginInvokeJS"u8) >= 0 ? null : answer;
                }, cancellationToken);
            await socket.SendAsync(HubMessages.StartCircuit(markers.BaseUri, page.Address, markers.State), cancellationToken);
            await conversation.FirstBatch.WaitAsync(cancellationToken);
            await owed.WaitAsync(cancellationToken);
        }

        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class SeenCircuits
    {
        private int _closed;

        public ConcurrentBag<WeakReference> All { get; } = [];

        public int Closed => Volatile.Read(ref _closed);

        public void Close() => Interlocked.Increment(ref _closed);
    }

    private sealed class Watcher(SeenCircuits seen) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            seen.All.Add(new WeakReference(circuit));
            return Task.CompletedTask;
        }

        public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            seen.Close();
            return Task.CompletedTask;
        }
    }
}
