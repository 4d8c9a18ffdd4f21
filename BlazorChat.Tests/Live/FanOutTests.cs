using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Live;

/// <summary>Many viewers that come, go and are slow: all end with the same state, and none holds up the responses.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class FanOutTests
{
    private const int Responses = 5;
    private const int Viewers = 50;
    private const int Tokens = 400;

    [Fact]
    public async Task Every_viewer_ends_with_the_same_text_and_none_delays_the_producer()
    {
        string[] assistants = ["A1", "A2", "A3", "A4", "A5"];
        await using var host = await ChatHost.StartAsync((string?)null, null, assistants);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "@A1 @A2 @A3 @A4 @A5 go");
        var responses = await Task.WhenAll(host.Assistants.Clients.Select(c => c.NextAsync()));

        // Even viewers stay from the first token to the last, odd ones come and go.
        using var release = new ManualResetEventSlim();
        var viewers = Enumerable.Range(0, Viewers).Select(i => new TestViewer(host, room, i, i == 0 ? release : null)).ToList();
        foreach (var viewer in viewers.Where(v => v.Stays))
        {
            await viewer.JoinAsync();
        }

        var producing = Task.WhenAll(responses.Select((response, a) => Task.Run(async () =>
        {
            for (var t = 0; t < Tokens; t++)
            {
                response.Say($"w{a}-{t} ");
                await Task.Yield();
            }

            response.Finish();
        })));

        // Meanwhile viewers leave and come back, as pages do that reload.
        var random = new Random(7);
        while (!producing.IsCompleted)
        {
            var viewer = viewers[(random.Next(Viewers / 2) * 2) + 1];
            viewer.Leave();
            await viewer.JoinAsync();
            await Task.Yield();
        }

        await producing.Soon();
        using var watch = await host.WatchAsync(room);
        var ended = await watch.UntilAsync(s => s.Messages.Count(m => m.Message.Author.Kind == AuthorKind.Assistant && m.Message.Status.IsEnded) == Responses);

        // All answers have been written, composed and stored, and the first viewer has not returned from its first notice.
        Assert.True(viewers[0].IsBlocked);
        release.Set();

        for (var a = 0; a < Responses; a++)
        {
            var expected = string.Concat(Enumerable.Range(0, Tokens).Select(t => $"w{a}-{t} "));
            Assert.Contains(ended.Messages, m => m.Message.Text == expected);
        }

        foreach (var viewer in viewers)
        {
            await viewer.JoinAsync();
            await viewer.UntilHasSeenAsync(ended);
            viewer.Dispose();
        }
    }

    /// <summary>
    /// A viewer that looks when it comes and whenever it is told to, as a page does, and never else: who is not told of the
    /// last change never sees it.
    /// </summary>
    /// <param name="host">The application.</param>
    /// <param name="room">The room.</param>
    /// <param name="number">From 0; even ones stay.</param>
    /// <param name="release">What this viewer waits for in its notices, as a circuit that renders slowly holds a thread of the pump; null for none.</param>
    private sealed class TestViewer(ChatHost host, Room room, int number, ManualResetEventSlim? release) : IDisposable
    {
        private readonly Lock _looking = new();
        private readonly SemaphoreSlim _looked = new(0);
        private RoomSubscription? _subscription;
        private RoomFrame? _seen;
        private volatile bool _isBlocked;

        public bool Stays => number % 2 == 0;

        public bool IsBlocked => _isBlocked;

        public async Task JoinAsync()
        {
            if (_subscription is null)
            {
                var subscription = (await host.Live.SubscribeAsync(ChatHost.Grace, room.Id, Changed, default)).Value;
                lock (_looking)
                {
                    _subscription = subscription;
                }

                Look();
            }
        }

        public void Leave()
        {
            lock (_looking)
            {
                _subscription?.Dispose();
                _subscription = null;
            }
        }

        public void Dispose() => Leave();

        public async Task UntilHasSeenAsync(RoomFrame expected)
        {
            while (!HasSeen(expected))
            {
                Assert.True(await _looked.WaitAsync(Guard.Patience), $"Viewer {number} was never told of the end.");
            }
        }

        private bool HasSeen(RoomFrame expected)
        {
            lock (_looking)
            {
                return _seen!.Messages.Length == expected.Messages.Length
                    && _seen.Messages.Zip(expected.Messages).All(p =>
                        p.First.Message == p.Second.Message && p.First.Live is null && p.First.Blocks.SequenceEqual(p.Second.Blocks));
            }
        }

        private void Changed()
        {
            if (release is not null)
            {
                _isBlocked = true;
                release.Wait(Guard.Patience);
                _isBlocked = false;
            }

            Look();
        }

        private void Look()
        {
            // One look at a time: the later one must not be overwritten by the earlier.
            lock (_looking)
            {
                _seen = _subscription?.Read() ?? _seen;
            }

            _looked.Release();
        }
    }
}
