using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>Many viewers that come, go and are slow: all end with the same state, and none holds up the answers.</summary>
public sealed class FanOutTests
{
    private const int Answers = 5;
    private const int Viewers = 50;
    private const int Tokens = 400;

    [Fact]
    public async Task Every_viewer_ends_with_the_same_text_and_none_delays_the_producer()
    {
        string[] assistants = ["A1", "A2", "A3", "A4", "A5"];
        await using var host = await ChatHost.StartAsync((string?)null, null, assistants);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "@A1 @A2 @A3 @A4 @A5 go");
        var answers = await Task.WhenAll(host.Responders.Clients.Select(c => c.NextAsync()));

        using var blocked = new ManualResetEventSlim();
        var viewers = Enumerable.Range(0, Viewers).Select(i => new TestViewer(host, room, i, blocked)).ToList();
        foreach (var viewer in viewers.Where(v => v.Number % 2 == 0))
        {
            await viewer.JoinAsync();
        }

        var producing = Task.WhenAll(answers.Select((answer, a) => Task.Run(async () =>
        {
            for (var t = 0; t < Tokens; t++)
            {
                answer.Say($"w{a}-{t} ");
                await Task.Yield();
            }

            answer.Finish();
        })));

        // Meanwhile viewers come, leave and come back, as pages do that reload.
        var random = new Random(7);
        while (!producing.IsCompleted)
        {
            var viewer = viewers[random.Next(Viewers)];
            if (viewer.Number % 5 != 0)
            {
                viewer.Leave();
                await viewer.JoinAsync();
            }

            await Task.Yield();
        }

        await producing.Soon();
        // The answers end although some viewers have not returned from their very first notice.
        using var watch = await host.WatchAsync(room);
        var ended = await watch.UntilAsync(s => s.Messages.Count(m => m.Message.Author.Kind == AuthorKind.Assistant && m.Message.Status.IsEnded) == Answers);
        blocked.Set();

        for (var a = 0; a < Answers; a++)
        {
            var expected = string.Concat(Enumerable.Range(0, Tokens).Select(t => $"w{a}-{t} "));
            Assert.Contains(ended.Messages, m => m.Message.Text == expected);
        }

        foreach (var viewer in viewers)
        {
            await viewer.JoinAsync();
            await viewer.UntilSeesAsync(ended);
            viewer.Leave();
        }
    }

    /// <summary>A viewer that builds its own picture from what it is told, as a page does. Every fifth blocks in its first notice.</summary>
    private sealed class TestViewer(ChatHost host, Room room, int number, ManualResetEventSlim blocked) : IDisposable
    {
        private readonly SemaphoreSlim _told = new(0);
        private RoomSubscription? _subscription;

        public int Number => number;

        public async Task JoinAsync() =>
            _subscription ??= (await host.Rooms.SubscribeAsync(ChatHost.Grace, room.Id, Changed, default)).Value;

        public void Leave()
        {
            _subscription?.Dispose();
            _subscription = null;
        }

        public void Dispose()
        {
            Leave();
            _told.Dispose();
        }

        public async Task UntilSeesAsync(RoomSnapshot expected)
        {
            while (!Sees(_subscription!.Read(), expected))
            {
                Assert.True(await _told.WaitAsync(Guard.Patience), $"Viewer {number} never saw the end.");
            }
        }

        private static bool Sees(RoomSnapshot seen, RoomSnapshot expected) =>
            seen.Messages.Length == expected.Messages.Length
            && seen.Messages.Zip(expected.Messages).All(p =>
                p.First.Message == p.Second.Message && p.First.Live is null && p.First.Blocks.SequenceEqual(p.Second.Blocks));

        private void Changed()
        {
            // A circuit that renders slowly holds a thread of the pump; here for as long as the test says.
            if (number == 0)
            {
                blocked.Wait(Guard.Patience);
            }

            // Reading composes nothing and blocks nobody; odd viewers read at once, even ones are lazy.
            if (number % 2 == 1)
            {
                _ = _subscription?.Read().Running.Select(m => m.Live!.Frame.Text.Closed.Length).Sum();
            }

            _told.Release();
        }
    }
}
