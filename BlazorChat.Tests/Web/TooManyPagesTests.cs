using System.Net;
using System.Text;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Web;

/// <summary>Whoever connects and drops, again and again, takes a bounded part of the server, and is told to wait.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TooManyPagesTests : IAsyncDisposable
{
    private const int Most = 3;

    private readonly CancellationTokenSource _limit = new(Guard.Patience);
    private readonly Seen _seen = new();

    private ChatHost _chat = null!;

    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_page_too_many_is_told_why_and_gets_its_circuit_when_another_is_closed()
    {
        await StartAsync();
        using var ada = await JoinAsync("Ada");
        var pages = new List<OnePage>();
        for (var i = 0; i < Most; i++)
        {
            pages.Add(await OpenAsync(ada));
            Assert.NotNull(pages[i].Circuit);
        }

        await using var another = await OpenAsync(ada);
        Assert.Null(another.Circuit);
        Assert.StartsWith("You have too many pages open. This page connects by itself when you close others.", another.Wait, StringComparison.Ordinal);
        // Names of methods are read without their case.
        await another.StartAsync("startcircuit");
        Assert.Null(another.Circuit);

        await ada.EndCircuitAsync(ada.Server, pages[0].Circuit!, _limit.Token);
        await UntilAsync(async () =>
        {
            await another.StartAsync();
            return another.Circuit is not null;
        });

        // A connection that has a circuit gets no second one, and that try counts for nothing.
        await ada.EndCircuitAsync(ada.Server, pages[1].Circuit!, _limit.Token);
        await pages[2].StartAsync();
        Assert.Null(pages[2].Circuit);
        await UntilAsync(async () =>
        {
            await using var last = await OpenAsync(ada);
            return last.Circuit is not null;
        });
        foreach (var page in pages)
        {
            await page.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whoever_connects_and_drops_has_no_more_circuits_than_whoever_stays()
    {
        await StartAsync();
        using var ada = await JoinAsync("Ada");
        var started = 0;
        for (var i = 0; i < 2 * Most; i++)
        {
            // Gone at once, without a word: the server keeps the circuit, in case the page comes back.
            await using var page = await OpenAsync(ada, withComponents: i % 2 == 0);
            started += page.Circuit is null ? 0 : 1;
        }

        Assert.Equal(Most, started);
        Assert.InRange(_seen.Opened, 0, Most);

        // Others behind the address go on, up to what the address has.
        using var grace = await JoinAsync("Grace");
        for (var i = 0; i < Most; i++)
        {
            await using var page = await OpenAsync(grace);
            Assert.Equal(i < 2 ? null : "Too many pages are open from your network. This page connects by itself when others are closed.", page.Wait);
        }
    }

    [Fact]
    public async Task A_lost_page_that_is_not_kept_any_longer_makes_room()
    {
        await StartAsync("--Web:Pages:MaxPerPerson=2", "--Web:Circuits:DisconnectedMaxRetained=1");
        using var ada = await JoinAsync("Ada");
        for (var i = 0; i < 6; i++)
        {
            await UntilAsync(async () =>
            {
                await using var page = await OpenAsync(ada);
                return page.Circuit is not null;
            });
        }
    }

    [Fact]
    public async Task A_circuit_that_cannot_be_made_keeps_no_place()
    {
        await StartAsync();
        using var ada = await JoinAsync("Ada");
        for (var i = 0; i < 2 * Most; i++)
        {
            await using var wrong = await ConnectAsync(ada);
            // The page is not below the base, which the framework finds out too late to clean up.
            await wrong.StartAsync(HubMessages.StartCircuit(new Uri("http://localhost/a/"), new Uri("http://localhost/b"), ""));
            Assert.Null(wrong.Circuit);
            Assert.Null(wrong.Wait);
        }

        await using var page = await OpenAsync(ada);
        Assert.NotNull(page.Circuit);
    }

    [Fact]
    public async Task Pages_that_are_loaded_too_fast_are_told_so_over_http_and_try_again_by_themselves()
    {
        await StartAsync("--Web:Pages:LoadBurst=4", "--Web:Pages:LoadsPerMinute=2");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_chat.App.Urls.First()) };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.GetAsync("/join");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var refused = await client.GetAsync("/account/sign-in");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var seconds = refused.Headers.RetryAfter?.Delta?.TotalSeconds;
        Assert.InRange(seconds!.Value, 1, 30);
        Assert.Equal(seconds.Value, double.Parse(refused.Headers.GetValues("Refresh").Single(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("Too many pages have been opened from your network in a short time.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // What is no page goes on, and so does another network.
        using var style = await client.GetAsync("/css/app.css");
        Assert.Equal(HttpStatusCode.OK, style.StatusCode);
        using var other = new HttpRequestMessage(HttpMethod.Get, "/join");
        other.Headers.Add(FromAfar.Header, "203.0.113.6");
        using var theirs = await client.SendAsync(other);
        Assert.Equal(HttpStatusCode.OK, theirs.StatusCode);
    }

    [Fact]
    public async Task Connections_are_counted_while_they_last_and_asking_for_one_is_counted_too()
    {
        await StartAsync();
        using var ada = await JoinAsync("Ada");
        var pages = new List<OnePage>();
        for (var i = 0; i < 2 * Most; i++)
        {
            pages.Add(await ConnectAsync(ada));
        }

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(ada));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await pages[0].DisposeAsync();
        await UntilAsync(async () =>
        {
            try
            {
                pages.Add(await ConnectAsync(ada));
                return true;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return false;
            }
        });
        foreach (var page in pages)
        {
            await page.DisposeAsync();
        }

        var asked = 0;
        while (asked < 100)
        {
            try
            {
                await ada.NegotiateAsync(ada.Server, _limit.Token);
                asked++;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.TooManyRequests)
            {
                break;
            }
        }

        Assert.InRange(asked, 0, 6 * Most);
    }

    private async Task StartAsync(params string[] settings) => _chat = await ChatHost.StartAsync(
        b =>
        {
            b.Services.AddScoped<CircuitHandler>(_ => new Watcher(_seen));
            b.Services.AddSingleton<IStartupFilter>(new FromAfar());
        },
        settings: [ChatHost.Listening, $"--Web:Pages:MaxPerPerson={Most}", "--Web:Pages:MaxPerAddress=5", "--Accounts:Guests=true", .. settings]);

    private async Task<BrowserSession> JoinAsync(string name)
    {
        var session = new BrowserSession(new Uri(_chat.App.Urls.First()));
        await session.JoinAsync(name, _limit.Token);
        return session;
    }

    private async Task<OnePage> ConnectAsync(BrowserSession session) =>
        new(await CircuitSocket.ConnectAsync(session, session.Server, compress: false, _limit.Token), new Uri(session.Server, "/"), "", [], _limit.Token);

    private async Task<OnePage> OpenAsync(BrowserSession session, bool withComponents = false)
    {
        var page = withComponents ? await LoadAsync() : await ConnectAsync(session);
        await page.StartAsync();
        return page;

        async Task<OnePage> LoadAsync()
        {
            var html = await session.GetPageAsync(new Uri(session.Server, $"/rooms/{(await _chat.RoomAsync()).Id}"), _limit.Token);
            var markers = PageMarkers.Parse(html.Html, html.Address);
            return new OnePage(await CircuitSocket.ConnectAsync(session, session.Server, compress: false, _limit.Token), html.Address, markers.State, markers.Components, _limit.Token);
        }
    }

    private async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        while (!await isTrue())
        {
            await Task.Delay(20, _limit.Token);
        }
    }

    /// <summary>A page as far as its circuit goes: what it was told, or which circuit it got.</summary>
    private sealed class OnePage : IAsyncDisposable
    {
        private readonly CircuitSocket _socket;
        private readonly Uri _address;
        private readonly string _state;
        private readonly IReadOnlyList<string> _markers;
        private readonly CancellationToken _cancellationToken;
        private readonly Task _receiving;

        private TaskCompletionSource<string?> _answer = new();

        public OnePage(CircuitSocket socket, Uri address, string state, IReadOnlyList<string> markers, CancellationToken cancellationToken)
        {
            (_socket, _address, _state, _markers, _cancellationToken) = (socket, address, state, markers, cancellationToken);
            _receiving = ReceiveAsync();
        }

        public string? Circuit { get; private set; }

        public string? Wait { get; private set; }

        public Task StartAsync(string method = "StartCircuit")
        {
            var frame = HubMessages.StartCircuit(new Uri(_address, "/"), _address, _state);
            var at = frame.AsSpan().IndexOf("StartCircuit"u8);
            Encoding.ASCII.GetBytes(method).CopyTo(frame, at);
            return StartAsync(frame);
        }

        public async Task StartAsync(byte[] frame)
        {
            (_answer, Wait) = (new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously), null);
            await _socket.SendAsync(frame, _cancellationToken);
            Circuit = await _answer.Task.WaitAsync(_cancellationToken);
            if (Circuit is not null && _markers.Count > 0)
            {
                await _socket.SendAsync(HubMessages.UpdateRootComponents(_markers, _state), _cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _socket.Dispose();
            await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The hub closes the connection after what it takes for an error.
        private async Task ReceiveAsync()
        {
            try
            {
                await _socket.ReceiveAsync(Receive, _cancellationToken);
            }
            finally
            {
                _answer.TrySetResult(null);
            }
        }

        private byte[]? Receive(ReadOnlySpan<byte> message)
        {
            var reader = new BlazorPackReader(message);
            reader.ReadArrayHeader();
            var type = reader.ReadInt64();
            reader.Skip();
            if (type == HubMessages.Invocation)
            {
                reader.Skip();
                var method = reader.ReadString();
                reader.ReadArrayHeader();
                Wait = method == CircuitBound.WaitMessage ? reader.ReadString() : Wait;
            }
            else if (type == HubMessages.Completion)
            {
                _ = reader.ReadString();
                _ = reader.ReadInt64();
                _answer.TrySetResult(reader.AtEnd ? null : reader.ReadString());
            }

            return null;
        }
    }

    private sealed class Seen
    {
        private int _opened;

        public int Opened => Volatile.Read(ref _opened);

        public void Open() => Interlocked.Increment(ref _opened);
    }

    private sealed class Watcher(Seen seen) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            seen.Open();
            return Task.CompletedTask;
        }
    }
}
